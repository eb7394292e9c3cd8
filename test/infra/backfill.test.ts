import validate from 'asl-validator'
import { describe, expect, it } from 'vitest'
import { readable } from './readable-template.ts'
import { type Definition, runStateMachine, type State, type World } from './state-machine.ts'
import { resourceNamed, synthesize } from './synthesize.ts'

const synthesized = synthesize({ backfillConcurrency: 3 })
const machine = resourceNamed(synthesized, 'AWS::StepFunctions::StateMachine')
const definition = JSON.parse(readable(machine.DefinitionString)) as Definition

const steps = ['FoldHours', 'MergeDays', 'MergeWeeksAndMonths']
const maps = steps.map((name) => [name, definition.States[name] as State] as const)
const worker = '<RollupBatchRollupFunction>'

describe('the definition of the backfill', () => {
  it('is valid Amazon States Language', () => {
    const inAws = readable(machine.DefinitionString).replaceAll('<AWS::Partition>', 'aws')
    expect(validate(JSON.parse(inAws)).errors).toEqual([])
  })

  it('plans, and takes one step after the other', () => {
    const way: string[] = []
    for (let name: string | undefined = definition.StartAt; name !== undefined; ) {
      way.push(name)
      name = definition.States[name]?.Next
    }
    expect(way).toEqual(['Plan', ...steps])
    expect(Object.keys(definition.States).sort()).toEqual(way.sort())
    expect(definition.States.MergeWeeksAndMonths?.End).toBe(true)
  })

  it('gives every state a name of its own, those of children among them', () => {
    const children = maps.flatMap(([, map]) => Object.keys(map.ItemProcessor?.States ?? {}))
    expect(children).toEqual(['FoldHour', 'MergeDay', 'MergeWeekOrMonth'])
    expect(children.filter((name) => Object.hasOwn(definition.States, name))).toEqual([])
  })

  it.each(maps)(
    '%s runs one child per unit, tolerates no failure and keeps results',
    (name, map) => {
      expect(map).toMatchObject({
        Type: 'Map',
        Label: name,
        MaxConcurrency: 3,
        ToleratedFailurePercentage: 0,
        ItemReader: {
          Resource: 'arn:<AWS::Partition>:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSONL' },
          Parameters: { Bucket: '<StorageBucket>' },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
        ResultWriter: {
          Resource: 'arn:<AWS::Partition>:states:::s3:putObject',
          Parameters: { Bucket: '<StorageBucket>', 'Prefix.$': '$.results' },
        },
      })
      // Labels have no more than 40 characters, and none of those that names may not have.
      expect(map.Label).toMatch(/^[A-Za-z]{1,40}$/)
      expect(map).not.toHaveProperty('ToleratedFailureCount')
    },
  )

  const tasks: [string, State | undefined][] = [
    ['Plan', definition.States.Plan],
    ...maps.map(([name, map]): [string, State | undefined] => {
      return [name, map.ItemProcessor?.States[map.ItemProcessor.StartAt]]
    }),
  ]

  it.each(tasks)('%s calls batch-rollup, and waits longer than it may take', (_, task) => {
    const { Timeout } = resourceNamed(synthesized, 'AWS::Lambda::Function', 'RollupBatchRollup')
    expect(task).toMatchObject({
      Type: 'Task',
      Resource: 'arn:<AWS::Partition>:states:::lambda:invoke',
      Parameters: { FunctionName: worker },
    })
    const { TimeoutSeconds } = task as { TimeoutSeconds?: number }
    expect(TimeoutSeconds).toBeGreaterThan(Number(Timeout))
    // Step Functions wants what matches every error alone and at the end.
    const everything = task?.Retry?.map(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))
    expect(everything).toEqual([false, false, false, true])
    expect(task?.Retry?.at(-1)?.ErrorEquals).toEqual(['States.ALL'])
  })

  it('is a standard workflow that logs all but the data', () => {
    expect(machine.StateMachineType ?? 'STANDARD').toBe('STANDARD')
    expect(machine.LoggingConfiguration).toMatchObject({
      Level: 'ALL',
      IncludeExecutionData: false,
    })
    expect(resourceNamed(synthesized, 'AWS::Logs::LogGroup', 'BackfillLog')).toEqual({
      RetentionInDays: 90,
    })
  })
})

describe('a run of the backfill', () => {
  it('works through all units of a step before the next begins', async () => {
    const { world, calls, objects, most } = createWorld()
    const output = await runStateMachine(definition, range, 'july', world)
    expect(calls[0]).toEqual({ plan: { id: 'july', from: '2026-07-01', to: '2026-07-03' } })
    const units = calls.slice(1).map((call) => (call as { unit: Unit }).unit)
    expect(units.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 5 }, () => 'hour'),
      'day',
      'day',
      'week',
      'month',
    ])
    expect(most()).toBe(3)
    const manifest = (step: string) => `backfill/july/results/${step}/manifest.json`
    expect(output).toMatchObject({
      results: 'backfill/july/results',
      done: Object.fromEntries(
        steps.map((step) => [step, { ResultWriterDetails: { Key: manifest(step) } }]),
      ),
    })
    expect(JSON.parse(objects.get(manifest('MergeDays')) ?? '')).toEqual([{ rows: 1 }, { rows: 1 }])
  })

  it('repeats a unit that fails for a while', async () => {
    const { world, calls, sleeps } = createWorld({ failures: { 'day 2026-07-02': 2 } })
    await runStateMachine(definition, range, 'july', world)
    expect(calls.filter((call) => nameOf(call) === 'day 2026-07-02')).toHaveLength(3)
    expect(sleeps).toEqual([30, 60])
  })

  it('stops at a step whose unit fails for good', async () => {
    const { world, calls } = createWorld({
      failures: { 'day 2026-07-01': Number.POSITIVE_INFINITY },
    })
    await expect(runStateMachine(definition, range, 'july', world)).rejects.toThrow(
      'MergeDays failed',
    )
    expect(calls.filter((call) => nameOf(call) === 'day 2026-07-01')).toHaveLength(5)
    expect(calls.map(nameOf)).not.toContain('week 2026-W27')
  })

  it('does not repeat a plan of a range that makes no sense', async () => {
    const { world, calls } = createWorld({ badRange: true })
    await expect(runStateMachine(definition, range, 'july', world)).rejects.toThrow('no range')
    expect(calls).toHaveLength(1)
  })
})

const range = { from: '2026-07-01', to: '2026-07-03' }

interface Unit {
  readonly kind: string
  readonly period: string
}

const nameOf = (call: unknown) => {
  const { unit } = call as { unit?: Unit }
  return unit && `${unit.kind} ${unit.period}`
}

/** A stand-in for batch-rollup and the bucket, with what was asked of it. */
function createWorld({
  failures = {},
  badRange = false,
}: {
  /** How often a unit fails before it is done. */
  readonly failures?: Readonly<Record<string, number>>
  readonly badRange?: boolean
} = {}) {
  const objects = new Map<string, string>()
  const calls: unknown[] = []
  const sleeps: number[] = []
  const left = new Map(Object.entries(failures))
  let underWay = 0
  let most = 0
  const plan = ({ id }: { id: string }) => {
    if (badRange) throw Object.assign(new Error('no range'), { name: 'BadRange' })
    const put = (name: string, kind: string, periods: string[]) => {
      const key = `backfill/${id}/${name}.jsonl`
      const lines = periods.map((period) => `${JSON.stringify({ kind, period })}\n`).join('')
      objects.set(key, (objects.get(key) ?? '') + lines)
      return key
    }
    const hours = ['00', '01', '02', '03', '04'].map((hour) => `2026-07-01T${hour}`)
    put('weeks-and-months', 'week', ['2026-W27'])
    return {
      hours: put('hours', 'hour', hours),
      days: put('days', 'day', ['2026-07-01', '2026-07-02']),
      weeksAndMonths: put('weeks-and-months', 'month', ['2026-07']),
      results: `backfill/${id}/results`,
    }
  }
  const world: World = {
    async invoke(functionArn, payload) {
      expect(functionArn).toBe(worker)
      calls.push(payload)
      const request = payload as { plan?: { id: string }; unit?: Unit }
      if (request.plan) return plan(request.plan)
      underWay++
      most = Math.max(most, underWay)
      // Lets the other units begin that may be under way at the same time.
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      const name = nameOf(payload) ?? ''
      const times = left.get(name) ?? 0
      left.set(name, times - 1)
      if (times > 0) throw new Error(`${name} failed`)
      return { rows: 1 }
    },
    async readObject(bucket, key) {
      expect(bucket).toBe('<StorageBucket>')
      return objects.get(key) ?? ''
    },
    async writeObject(bucket, key, text) {
      expect(bucket).toBe('<StorageBucket>')
      objects.set(key, text)
    },
    async sleep(seconds) {
      sleeps.push(seconds)
    },
    jitter: () => 1,
  }
  return { world, calls, objects, sleeps, most: () => most }
}
