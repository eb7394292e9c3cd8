/**
 * Runs a state machine in Amazon States Language as Step Functions does, as far as ours goes: tasks
 * that call a function, retries, and distributed maps over the lines of an object. Throws NotRunHere
 * at anything else, so that a definition that says more than this is never taken to be run.
 */
export interface World {
  invoke(functionArn: string, payload: unknown): Promise<unknown>
  readObject(bucket: string, key: string): Promise<string>
  /** Where the results of a map go. */
  writeObject(bucket: string, key: string, text: string): Promise<void>
  sleep(seconds: number): Promise<void>
  /** How much of a pause with full jitter is waited: from 0 to 1. */
  jitter(): number
}

export interface Definition {
  readonly StartAt: string
  readonly States: Readonly<Record<string, State>>
}

export interface Retrier {
  readonly ErrorEquals: readonly string[]
  readonly MaxAttempts: number
  readonly IntervalSeconds?: number
  readonly BackoffRate?: number
  readonly JitterStrategy?: 'FULL'
}

export interface State {
  readonly Type: string
  readonly Resource?: string
  readonly Parameters?: Template
  readonly OutputPath?: string
  readonly ResultPath?: string
  readonly Retry?: readonly Retrier[]
  readonly Label?: string
  readonly MaxConcurrency?: number
  readonly ItemReader?: { readonly Parameters: Template }
  readonly ItemProcessor?: Definition
  readonly ResultWriter?: { readonly Parameters: Template }
  readonly Next?: string
  readonly End?: true
}

/** An object whose names that end in `.$` take their values from elsewhere. */
export type Template = Readonly<Record<string, unknown>>

/** The definition says something that is not run here. */
export class NotRunHere extends Error {
  override readonly name = 'NotRunHere'
}

/** Units of a map failed, more than are tolerated. */
export class ExceedToleratedFailureThreshold extends Error {
  override readonly name = 'ExceedToleratedFailureThreshold'
}

/** The output of one execution. Rejects with what a state failed with, once its retries are spent. */
export async function runStateMachine(
  definition: Definition,
  input: unknown,
  executionName: string,
  world: World,
): Promise<unknown> {
  const context = { Execution: { Name: executionName } }
  let data = input
  for (let name: string | undefined = definition.StartAt; name !== undefined; ) {
    const state: State | undefined = definition.States[name]
    if (state === undefined) throw new NotRunHere(`no state ${name}`)
    data = await runState(state, data, context, world)
    name = state.End ? undefined : state.Next
  }
  return data
}

type Context = { readonly Execution: { readonly Name: string } }

async function runState(state: State, input: unknown, context: Context, world: World) {
  if (state.Type === 'Task') {
    const { FunctionName, Payload } = fill(state.Parameters, input, context)
    if (!state.Resource?.endsWith(':states:::lambda:invoke')) throw new NotRunHere('this task')
    const result = await retrying(state.Retry ?? [], world, async () => {
      return { Payload: await world.invoke(String(FunctionName), Payload) }
    })
    return at(state.OutputPath ?? '$', result)
  }
  if (state.Type === 'Map') {
    const result = await runMap(state, input, context, world)
    return put(input, state.ResultPath ?? '$', result)
  }
  throw new NotRunHere(`a state of type ${state.Type}`)
}

async function runMap(state: State, input: unknown, context: Context, world: World) {
  const { ItemReader, ItemProcessor, ResultWriter, Label, MaxConcurrency = 0 } = state
  if (!ItemReader || !ItemProcessor || !ResultWriter) throw new NotRunHere('this map')
  const source = fill(ItemReader.Parameters, input, context)
  const text = await world.readObject(String(source.Bucket), String(source.Key))
  const items = text.split('\n').filter((line) => line !== '')
  const results: unknown[] = []
  const failures: unknown[] = []
  const waiting = [...items.entries()]
  const child = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next
      try {
        const name = `${context.Execution.Name}-${Label}-${index}`
        results[index] = await runStateMachine(ItemProcessor, JSON.parse(item), name, world)
      } catch (failure) {
        if (failure instanceof NotRunHere) throw failure
        failures.push(failure)
        waiting.length = 0
      }
    }
  }
  await Promise.all(Array.from({ length: MaxConcurrency }, child))
  const target = fill(ResultWriter.Parameters, input, context)
  const Key = `${target.Prefix}/${Label}/manifest.json`
  await world.writeObject(String(target.Bucket), Key, JSON.stringify(results))
  if (failures.length > 0) {
    throw new ExceedToleratedFailureThreshold(`${Label} failed`, { cause: failures[0] })
  }
  return { ResultWriterDetails: { Bucket: target.Bucket, Key } }
}

async function retrying<Result>(
  retriers: readonly Retrier[],
  world: World,
  run: () => Promise<Result>,
): Promise<Result> {
  const spent = new Map<Retrier, number>()
  for (;;) {
    try {
      return await run()
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error)
      const retrier = retriers.find(({ ErrorEquals }) =>
        ErrorEquals.some((one) => one === name || one === 'States.ALL'),
      )
      const attempts = retrier === undefined ? 0 : (spent.get(retrier) ?? 0)
      if (retrier === undefined || attempts >= retrier.MaxAttempts) throw error
      spent.set(retrier, attempts + 1)
      const { IntervalSeconds = 1, BackoffRate = 2, JitterStrategy } = retrier
      const share = JitterStrategy === 'FULL' ? world.jitter() : 1
      await world.sleep(share * IntervalSeconds * BackoffRate ** attempts)
    }
  }
}

/** A template with its references replaced: `$.…` of the input, `$$.…` of the context. */
function fill(template: unknown, input: unknown, context: Context): Record<string, unknown> {
  const entries = Object.entries(template ?? {}).map(([name, value]) => {
    if (!name.endsWith('.$')) {
      return [name, isTemplate(value) ? fill(value, input, context) : value]
    }
    const path = String(value)
    const found = path.startsWith('$$') ? at(path.slice(1), context) : at(path, input)
    return [name.slice(0, -2), found]
  })
  return Object.fromEntries(entries)
}

const isTemplate = (value: unknown) => typeof value === 'object' && value !== null

/** What stands at a path of names, such as `$.a.b`. */
function at(path: string, data: unknown): unknown {
  return namesOf(path).reduce((found: unknown, name) => {
    if (!isTemplate(found) || !Object.hasOwn(found as object, name)) {
      throw new NotRunHere(`${path} leads nowhere`)
    }
    return (found as Record<string, unknown>)[name]
  }, data)
}

/** The input with a result set at a path. */
function put(input: unknown, path: string, result: unknown): unknown {
  const [name, ...rest] = namesOf(path)
  if (name === undefined) return result
  const whole = (isTemplate(input) ? input : {}) as Record<string, unknown>
  const below = ['$', ...rest].join('.')
  return { ...whole, [name]: put(whole[name], below, result) }
}

function namesOf(path: string): string[] {
  const [root, ...names] = path.split('.')
  if (root !== '$' || names.some((name) => !/^\w+$/.test(name))) throw new NotRunHere(path)
  return names
}
