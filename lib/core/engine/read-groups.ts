import type { State } from '../aggregation.ts'
import { formatUnits, type Units } from '../decimal.ts'
import { encodeKey } from '../key.ts'
import type { Engine } from './engine.ts'
import { accumulatorBytes, type PlannedAggregation } from './plan.ts'

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
const pageHeadBytes = 16
const flagBits = 15
const hasEventsBit = 1
const uncertainBit = 2

/** The number of the window that the group there is of. */
export const windowNumber = (view: DataView, groupAt: number) =>
  view.getUint32(view.getUint32(groupAt + 4, true), true)

/** The groups of an aggregation, in the order in which they came. */
export function* readGroups(engine: Engine, number: number): Generator<ReadGroup> {
  const groupBytes = engine.groupBytes(engine.plan.aggregations[number] as PlannedAggregation)
  for (let page = engine.firstPage(number); page !== 0; page = engine.view.getUint32(page, true)) {
    const groups = engine.view.getUint32(page + 4, true)
    for (let group = 0; group < groups; group++) {
      const at = page + pageHeadBytes + group * groupBytes
      const key = engine.view.getUint32(at, true)
      yield {
        at,
        keyAt: (key & ~flagBits) >>> 0,
        window: windowNumber(engine.view, at),
        hasEvents: (key & hasEventsBit) !== 0,
        isUncertain: (key & uncertainBit) !== 0,
      }
    }
  }
}

/** The state of the group that stands there. */
export function readState(engine: Engine, planned: PlannedAggregation, at: number): State {
  const numbers: (Units | null)[] = []
  let place = at + engine.groupHeadBytes
  for (const one of planned.accumulators) {
    numbers.push(readNumber(engine.view, one.kind, place))
    place += accumulatorBytes(one)
  }
  let from = 0
  return planned.aggregation.measures.map(({ measure: { accumulation } }) => {
    const count = accumulation?.accumulators.length ?? 0
    from += count
    return accumulation?.stateOf(numbers.slice(from - count, from))
  })
}

type Kind = PlannedAggregation['accumulators'][number]['kind']

/** No value is as far out as these, which stand for none. */
const noLeast = 2n ** 63n - 1n
const noGreatest = -(2n ** 63n)

function readNumber(view: DataView, kind: Kind, at: number): Units | null {
  const low = view.getUint32(at, true)
  const high = view.getInt32(at + 4, true)
  if (kind !== 'sum') {
    if (isSafeHigh(high)) return high * 2 ** 32 + low
    const units = view.getBigInt64(at, true)
    return units === noLeast || units === noGreatest ? null : canonical(units)
  }
  const top = view.getBigInt64(at + 8, true)
  if (isSafeHigh(high) && top === (high < 0 ? -1n : 0n)) return high * 2 ** 32 + low
  return canonical((top << 64n) + view.getBigUint64(at, true))
}

/** Whether a number of that upper half is a safe integer, whatever its lower half is. */
const isSafeHigh = (high: number) => high >= -(2 ** 21) + 1 && high < 2 ** 21

function canonical(units: bigint): Units {
  const number = Number(units)
  return Number.isSafeInteger(number) ? number : units
}

const isNumber = 0x8000_0000
const isMissing = 0xffff_ffff

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The encoded key that stands there. */
export function readKey(
  engine: Engine,
  { aggregation }: PlannedAggregation,
  keyAt: number,
): string {
  const { view } = engine
  let at = keyAt + keyHeadBytes
  const values = aggregation.keyFields.map(({ scale }) => {
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
  return encodeKey(values)
}
