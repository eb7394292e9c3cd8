import {
  accumulatorBytes,
  type Plan,
  type PlannedAccumulator,
  type PlannedAggregation,
  type PlannedField,
  type PlannedKeyField,
} from './plan.ts'

/** Ids: any, each once, or each once within an hour (UTC); the order is that of `engine/plan.ts`. */
const idRules = ['any', 'once', 'once-an-hour'] as const

/** What the engine is to do besides adding up. */
export interface PlanUse {
  readonly ids: (typeof idRules)[number]
  /** Groups know the lines that are in them. */
  readonly byLine: boolean
  /** Groups know whether an event of theirs came again, or may be missing elsewhere. */
  readonly marksUncertain: boolean
  /** Windows are asked for; otherwise they are minutes. */
  readonly asksForWindows: boolean
  /** Where several engines share ids: the keys that all of them have. */
  readonly digestKeys?: DigestKeys
}

/** Two keys for the digests of ids, so that nobody can choose ids that come to one digest. */
export type DigestKeys = readonly [bigint, bigint]

const planBytes = 96
const fieldBytes = 64
const sourceBytes = 32
const aggregationBytes = 32
const plannedAccumulatorBytes = 16
const knownTextsBytes = 2048

const kinds = ['text', 'number', 'rfc3339', 'epochSeconds', 'epochMilliseconds']
const ops = ['count', 'countOf', 'sum', 'min', 'max']

export const opOf = ({ kind }: PlannedAccumulator) => ops.indexOf(kind)

/** What stands before a group's accumulators: its key and window, and its lines. */
export const groupHeadBytes = ({ byLine }: PlanUse) => (byLine ? 16 : 8)

/** Room in the engine's memory: `allocate` may move its buffer, so `view` is asked for each time. */
export interface EngineMemory {
  allocate(bytes: number): number
  readonly view: DataView
}

export function randomDigestKeys(): DigestKeys {
  const [first = 0n, second = 0n] = crypto.getRandomValues(new BigUint64Array(2))
  return [first, second]
}

const ownKeys = randomDigestKeys()

/** Puts a plan into the engine's memory, and returns where. */
export function writePlan(plan: Plan, use: PlanUse, memory: EngineMemory): number {
  const at = memory.allocate(planBytes)
  const fields = memory.allocate(fieldBytes * plan.fields.length)
  const sources = memory.allocate(sourceBytes * plan.sources.length)
  const aggregations = memory.allocate(aggregationBytes * plan.aggregations.length)
  for (const [number, field] of plan.fields.entries()) {
    writeField(field, memory, fields + number * fieldBytes)
  }
  for (const [number, factors] of plan.sources.entries()) {
    writeNumbers([factors.length, ...factors], memory.view, sources + number * sourceBytes)
  }
  for (const [number, aggregation] of plan.aggregations.entries()) {
    writeAggregation(aggregation, use, memory, aggregations + number * aggregationBytes)
  }
  const { view } = memory
  writeNumbers([plan.fields.length, fields, plan.sources.length, sources], view, at)
  writeNumbers(
    [plan.aggregations.length, aggregations, plan.idField, plan.timeField],
    view,
    at + 16,
  )
  view.setBigUint64(at + 32, plan.required, true)
  view.setFloat64(at + 40, plan.definition.earliestMs, true)
  view.setBigInt64(at + 48, BigInt(plan.firstMinute), true)
  view.setFloat64(at + 56, plan.definition.maxAheadMs, true)
  const flags = [use.byLine, use.asksForWindows, use.marksUncertain].map(Number)
  writeNumbers([idRules.indexOf(use.ids), ...flags], view, at + 64)
  const keys = use.digestKeys ?? ownKeys
  view.setBigUint64(at + 80, keys[0], true)
  view.setBigUint64(at + 88, keys[1], true)
  return at
}

function writeField({ name, field, spelling }: PlannedField, memory: EngineMemory, at: number) {
  const nameAt = memory.allocate(name.length + 1)
  const isRestricted = spelling.kind === 'text' && !spelling.takesAny
  const known = isRestricted ? memory.allocate(knownTextsBytes) : 0
  const { view } = memory
  const bytes = new Uint8Array(view.buffer)
  bytes.set(name, nameAt)
  if (isRestricted) bytes.fill(0, known, known + knownTextsBytes)
  writeNumbers(
    [kinds.indexOf(spelling.kind), Number(field.optional), nameAt, name.length],
    view,
    at,
  )
  const most = Math.min(Math.floor(field.maxBytes), 0xffff_ffff)
  const least = Math.min(Math.ceil(field.minBytes), 0xffff_ffff)
  writeNumbers([least, most, known, field.scale], view, at + 16)
  if (spelling.kind !== 'number') return
  view.setBigInt64(at + 32, BigInt(spelling.min), true)
  view.setBigInt64(at + 40, BigInt(spelling.max), true)
}

function writeAggregation(
  { keyFields, accumulators }: PlannedAggregation,
  use: PlanUse,
  memory: EngineMemory,
  at: number,
): void {
  const keysAt = memory.allocate(4 * keyFields.length)
  const first = memory.allocate(plannedAccumulatorBytes * accumulators.length)
  const { view } = memory
  writeNumbers(keyFields.map(keyEntry), view, keysAt)
  let offset = groupHeadBytes(use)
  for (const [number, one] of accumulators.entries()) {
    const place = first + number * plannedAccumulatorBytes
    writeNumbers([opOf(one), one.source, offset, 0], view, place)
    offset += accumulatorBytes(one)
  }
  writeNumbers([keyFields.length, keysAt, accumulators.length, first, offset, 0, 0, 0], view, at)
}

/** Of a key's field: it is a text. */
const isTextBit = 2 ** 31

const keyEntry = ({ number, isText }: PlannedKeyField) => number + (isText ? isTextBit : 0)

/** Puts numbers (u32) there, one after the other. */
export function writeNumbers(numbers: readonly number[], view: DataView, from: number): void {
  for (const [at, number] of numbers.entries()) view.setUint32(from + 4 * at, number, true)
}
