import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type Plan, planOf } from '../../lib/core/engine/plan.ts'
import { type PlanUse, writePlan } from '../../lib/core/engine/write-plan.ts'
import { definitionOf } from '../engine/definition-plan.ts'
import * as plans from '../engine/plan-definition.ts'
import { enumNumbers, unmanagedClasses } from './unmanaged-classes.ts'

/*
 * Two sources name one layout: `lib/core/engine/write-plan.ts` writes what `engine/plan.ts` reads. Here a
 * plan is written by the one and read by the members that stand in the other.
 */

const source = readFileSync(join(resolve(import.meta.dirname, '../..'), 'engine/plan.ts'), 'utf8')
const classes = unmanagedClasses(source)
const kinds = enumNumbers(source, 'FieldKind')
const ops = enumNumbers(source, 'Op')
const ids = enumNumbers(source, 'Ids')

const sum = ['sum', 'min', 'max', 'mean', 'count'] as const
const definition = definitionOf(
  plans.planOf(
    {
      id: plans.text(1, 33),
      at: plans.rfc3339,
      seconds: plans.epochSeconds,
      'milliseconds?': plans.epochMilliseconds,
      'amount?': plans.decimals(3, -7.5, 99.125),
      choice: plans.choice('a', 'bcd'),
    },
    [
      { key: ['choice', 'amount'], measures: sum.map((kind) => ({ kind, fields: ['amount'] })) },
      { key: ['choice'], measures: [{ kind: 'sum', fields: ['amount', 'amount'] }] },
    ],
    { earliest: '2001-02-03T04:05:06.789Z', maxAheadMs: 12.5 },
  ),
)
const plan = planOf(definition) as Plan

const memory = {
  next: 16,
  view: new DataView(new ArrayBuffer(65_536)),
  allocate(bytes: number) {
    const at = this.next
    this.next = (at + bytes + 15) & ~15
    return at
  },
}

function write(use: PlanUse): number {
  memory.next = 16
  new Uint8Array(memory.view.buffer).fill(0xaa)
  return writePlan(plan, use, memory)
}

const usual: PlanUse = { ids: 'any', byLine: false, marksUncertain: false, asksForWindows: false }

/** What a member of a class is that stands there. */
function read(name: string, member: string, from: number): number | bigint {
  const found = classes.get(name)?.members.get(member)
  if (found === undefined) throw new RangeError(`engine/plan.ts has no ${name}.${member} any more`)
  const at = from + found.at
  if (found.type === 'f64') return memory.view.getFloat64(at, true)
  if (found.type === 'i64') return memory.view.getBigInt64(at, true)
  if (found.type === 'u64') return memory.view.getBigUint64(at, true)
  return memory.view.getUint32(at, true)
}

function expectMembers(
  name: string,
  from: number,
  expected: Readonly<Record<string, number | bigint>>,
): void {
  const found = Object.fromEntries(
    Object.keys(expected).map((member) => [member, read(name, member, from)]),
  )
  expect(found, `write-plan.ts and engine/plan.ts name ${name} in two ways`).toEqual(expected)
}

const address = (name: string, member: string, from: number) => Number(read(name, member, from))
const bytesOf = (name: string) => classes.get(name)?.bytes ?? Number.NaN
/** What the source says of how far apart two of a class are. */
const stride = (name: string) =>
  Number(new RegExp(`${name}Bytes: usize = (\\d+)`).exec(source)?.[1])

test('the plan itself is written as the engine reads it', () => {
  const uses: PlanUse[] = [
    usual,
    { ...usual, ids: 'once', byLine: true },
    { ...usual, ids: 'once-an-hour', marksUncertain: true },
    { ...usual, asksForWindows: true },
  ]
  const rules = { any: ids.Any, once: ids.Once, 'once-an-hour': ids.OnceAnHour }
  for (const use of uses) {
    expectMembers('Plan', write(use), {
      fields: plan.fields.length,
      sources: plan.sources.length,
      aggregations: 2,
      idField: 0,
      timeField: 1,
      required: 0b100111n,
      earliestMs: Date.parse('2001-02-03T04:05:06.789Z'),
      firstMinute: BigInt(Math.floor(Date.parse('2001-02-03T04:05:06.789Z') / 60_000)),
      maxAheadMs: 12.5,
      ids: rules[use.ids] ?? Number.NaN,
      byLine: Number(use.byLine),
      asksForWindows: Number(use.asksForWindows),
      marksUncertain: Number(use.marksUncertain),
    })
  }
})

test('fields are written as the engine reads them', () => {
  const first = address('Plan', 'field', write(usual))
  expect(bytesOf('Field')).toBeLessThanOrEqual(stride('field'))
  const expected = [
    { kind: kinds.Text, optional: 0, nameBytes: 2, minBytes: 1, maxBytes: 33, known: 0 },
    { kind: kinds.Rfc3339, optional: 0, nameBytes: 2 },
    { kind: kinds.EpochSeconds, optional: 0, nameBytes: 7 },
    { kind: kinds.EpochMilliseconds, optional: 1, nameBytes: 12 },
    { kind: kinds.Number, optional: 1, nameBytes: 6, scale: 3, min: -7500n, max: 99_125n },
    { kind: kinds.Text, optional: 0, nameBytes: 6 },
  ]
  for (const [number, members] of expected.entries()) {
    const at = first + number * stride('field')
    expectMembers('Field', at, members as Record<string, number | bigint>)
    const nameAt = address('Field', 'name', at)
    const name = Buffer.from(memory.view.buffer, nameAt, address('Field', 'nameBytes', at))
    expect(name.toString()).toBe(Object.keys(definition.event)[number])
  }
  expect(read('Field', 'known', first + 5 * stride('field'))).not.toBe(0)
})

test('sources, aggregations and accumulators are written as the engine reads them', () => {
  const at = write(usual)
  const source = address('Plan', 'source', at)
  expectMembers('Source', source, { factors: 1 })
  expectMembers('Source', source + stride('source'), { factors: 2 })
  const aggregation = address('Plan', 'aggregation', at)
  expect(bytesOf('Aggregation')).toBe(stride('aggregation'))
  expect(bytesOf('Accumulator')).toBe(stride('accumulator'))
  const group = { firstPage: 0, lastPage: 0, groups: 0 }
  expectMembers('Aggregation', aggregation, { keyFields: 2, accumulators: 6, ...group })
  expectMembers('Aggregation', aggregation + stride('aggregation'), {
    keyFields: 1,
    accumulators: 1,
  })
  const first = address('Aggregation', 'accumulator', aggregation)
  const found = Array.from({ length: 6 }, (_, number) =>
    read('Accumulator', 'op', first + number * stride('accumulator')),
  )
  expect(found).toEqual([ops.Sum, ops.Min, ops.Max, ops.Sum, ops.CountOf, ops.Count])
  const offsets = found.map((_, number) =>
    read('Accumulator', 'offset', first + number * stride('accumulator')),
  )
  expect(offsets).toEqual([8, 24, 32, 40, 56, 64])
})
