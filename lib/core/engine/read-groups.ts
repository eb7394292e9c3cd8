import type { State } from '../aggregation.ts'
import { canonical, formatUnits, type Units } from '../decimal.ts'
import { encodeKey } from '../key.ts'
import type { Engine } from './engine.ts'
import { accumulatorBytes, type PlannedAccumulator, type PlannedAggregation } from './plan.ts'

/** What a key comes to in a window. */
export interface ReadGroup {
  /** Where it stands. */
  readonly at: number
  /** Where its key stands. */
  readonly keyAt: number
  readonly window: number
  readonly hasEvents: boolean
  readonly isUncertain: boolean
}

const keyHeadBytes = 24
const keyAggregationAt = 4
const keyOrderAt = 20
const pageHeadBytes = 16
const flagBits = 15
const hasEventsBit = 1
const uncertainBit = 2

/** The number of the window that the group there is of. */
export const windowNumber = (view: DataView, groupAt: number) =>
  view.getUint32(view.getUint32(groupAt + 4, true), true)

/** Where the groups of an aggregation stand, in the order in which they came. */
export function groupPlaces(engine: Engine, number: number): Uint32Array {
  const { view } = engine
  const groupBytes = engine.groupBytes(engine.plan.aggregations[number] as PlannedAggregation)
  const places = new Uint32Array(engine.groups(number))
  let next = 0
  for (let page = engine.firstPage(number); page !== 0; page = view.getUint32(page, true)) {
    const end = page + pageHeadBytes + view.getUint32(page + 4, true) * groupBytes
    for (let at = page + pageHeadBytes; at < end; at += groupBytes) places[next++] = at
  }
  return places
}

/** The groups of an aggregation, in the order in which they came. */
export function* readGroups(engine: Engine, number: number): Generator<ReadGroup> {
  for (const at of groupPlaces(engine, number)) {
    const { view } = engine
    const key = view.getUint32(at, true)
    yield {
      at,
      keyAt: (key & ~flagBits) >>> 0,
      window: windowNumber(view, at),
      hasEvents: (key & hasEventsBit) !== 0,
      isUncertain: (key & uncertainBit) !== 0,
    }
  }
}

/** The state of the group that stands there. */
export function readState(engine: Engine, planned: PlannedAggregation, at: number): State {
  const { view } = engine
  const { accumulators } = planned
  let place = at + engine.groupHeadBytes
  let next = 0
  return planned.aggregation.measures.map(({ measure: { accumulation } }) => {
    const numbers: (Units | null)[] = []
    const end = next + (accumulation?.accumulators.length ?? 0)
    for (; next < end; next++) {
      const one = accumulators[next] as PlannedAccumulator
      numbers.push(readNumber(view, one.kind, place))
      place += accumulatorBytes(one)
    }
    return accumulation?.stateOf(numbers)
  })
}

/** No value is as far out as these, which stand for none. */
const noLeast = 2n ** 63n - 1n
const noGreatest = -(2n ** 63n)

function readNumber(view: DataView, kind: PlannedAccumulator['kind'], at: number): Units | null {
  const low = view.getUint32(at, true)
  const high = view.getInt32(at + 4, true)
  if (kind !== 'sum') {
    if (isSafeHigh(high)) return high * 2 ** 32 + low
    const units = view.getBigInt64(at, true)
    return units === noLeast || units === noGreatest ? null : canonical(units)
  }
  const sign = high >> 31
  const isOf64Bits = view.getInt32(at + 8, true) === sign && view.getInt32(at + 12, true) === sign
  if (isOf64Bits && isSafeHigh(high)) return high * 2 ** 32 + low
  return canonical((view.getBigInt64(at + 8, true) << 64n) + view.getBigUint64(at, true))
}

/** Whether a number of that upper half is a safe integer, whatever its lower half is. */
const isSafeHigh = (high: number) => high >= -(2 ** 21) + 1 && high < 2 ** 21

const isNumber = 0x8000_0000
const isMissing = 0xffff_ffff

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The encoded key that stands there. */
export function readKey(engine: Engine, planned: PlannedAggregation, keyAt: number): string {
  const bytes = putPlainKey(engine, planned, keyAt)
  return bytes < 0
    ? encodeKey(readValues(engine, planned, keyAt))
    : utf8.decode(plainKey.subarray(0, bytes))
}

const plainKey = new Uint8Array(512)

/** Puts a key of texts in which nothing is to be escaped into `plainKey`; below 0 where it is none. */
function putPlainKey(
  { view, bytes }: Engine,
  { keyFields }: PlannedAggregation,
  keyAt: number,
): number {
  let at = keyAt + keyHeadBytes
  let to = 0
  for (let field = 0; field < keyFields.length; field++) {
    const kind = view.getUint32(at, true)
    // What is no text has more than that.
    if (to + kind >= plainKey.length) return -1
    if (field > 0) plainKey[to++] = separator
    at += 4
    for (const end = at + kind; at < end; at++) {
      const byte = bytes[at] as number
      if (isEscaped(byte)) return -1
      plainKey[to++] = byte
    }
  }
  return to
}

const separator = 0x7c

/** Of those that `encodeKey` escapes, and only of those, each is a byte in UTF-8. */
const isEscaped = (byte: number) =>
  byte < 0x20 || byte === separator || byte === 0x23 || byte === 0x7e || byte === 0x7f

function readValues(
  engine: Engine,
  { aggregation }: PlannedAggregation,
  keyAt: number,
): (string | undefined)[] {
  const { view } = engine
  let at = keyAt + keyHeadBytes
  return aggregation.keyFields.map(({ scale }) => {
    const kind = view.getUint32(at, true)
    at += 4
    if (kind === isMissing) return undefined
    if (kind === isNumber) {
      at += 8
      return formatUnits(canonical(view.getBigInt64(at - 8, true)), scale)
    }
    at += kind
    return utf8.decode(engine.bytes.subarray(at - kind, at))
  })
}

/** The texts of an aggregation's keys. Each key is told its place among them, for `keyOrder`. */
export function readKeys(engine: Engine, number: number): string[] {
  const { view } = engine
  const planned = engine.plan.aggregations[number] as PlannedAggregation
  const texts: string[] = []
  for (let at = engine.firstKey; at !== 0; at = view.getUint32(at, true)) {
    if (view.getUint32(at + keyAggregationAt, true) !== number) continue
    view.setUint32(at + keyOrderAt, texts.length, true)
    texts.push(readKey(engine, planned, at))
  }
  return texts
}

/** The place of the key of the group that stands there. */
export const keyOrder = (view: DataView, groupAt: number) =>
  view.getUint32(((view.getUint32(groupAt, true) & ~flagBits) >>> 0) + keyOrderAt, true)
