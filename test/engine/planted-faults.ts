import {
  type BatchTotal,
  beginHistoryFold,
  type DecodedBatch,
  decodeBatch,
  type HistoryFold,
  Lines,
  Reject,
} from '../../lib/core/index.ts'
import type { BeginHistoryFold, DecodeBatch } from './implementations.ts'

/** A decoder that tells something else of what the reference decoded. */
const telling =
  (tell: (decoded: DecodedBatch) => Partial<DecodedBatch>): DecodeBatch =>
  (...args) => {
    const decoded = decodeBatch(...args)
    return { ...decoded, ...tell(decoded) }
  }

/** A decoder whose totals are others. */
const totalling = (change: (total: BatchTotal) => BatchTotal | undefined): DecodeBatch =>
  telling((decoded) => ({
    fold(from) {
      const fold = decoded.fold(from)
      return {
        get(...row) {
          const total = fold.get(...row)
          return total && change(total)
        },
        *totals() {
          for (const total of fold.totals()) {
            const changed = change(total)
            if (changed) yield changed
          }
        },
      }
    },
  }))

const changingStates = (change: (value: unknown) => unknown): DecodeBatch => {
  const deeply = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(deeply) : change(value)
  return totalling((total) => ({ ...total, state: total.state.map(deeply) }))
}

/** What a decoder may tell wrongly. */
export const wrongAnswers: Readonly<Record<string, DecodeBatch>> = {
  'one event fewer': telling(({ events }) => ({ events: Math.max(0, events - 1) })),
  'an hour for another': telling(({ hours }) => ({
    hours: hours.map((ms) => ms - (ms % 7_200_000)),
  })),
  'a reject without its field': telling(({ rejects }) => ({
    rejects: changed(rejects, ({ reason, message }) => new Reject(reason, undefined, message)),
  })),
  'a message in other words': telling(({ rejects }) => ({
    rejects: changed(rejects, ({ reason, field }) => new Reject(reason, field, 'no')),
  })),
  'rejects in another order': telling(({ rejects }) => ({
    rejects: new Map([...rejects].reverse()),
  })),
  'a total that is lost': totalling((total) => (total.key.length === 1 ? undefined : total)),
  'a last line that is not': totalling((total) => ({ ...total, lastLine: total.lastLine + 1 })),
  'a sum that is rounded': changingStates((value) =>
    typeof value === 'bigint' ? BigInt(Number(value)) : value,
  ),
  'a sum of another type': changingStates((value) =>
    typeof value === 'number' ? BigInt(value) : value,
  ),
  'zero with a sign': changingStates((value) => (value === 0 ? -0 : value)),
  'none as zero': changingStates((value) => value ?? 0),
  'sums that wrap at 64 bits': changingStates((value) =>
    typeof value === 'bigint' ? BigInt.asIntN(64, value) : value,
  ),
  'sums that wrap at 128 bits': changingStates((value) =>
    typeof value === 'bigint' ? BigInt.asIntN(128, value) : value,
  ),
  'totals of all lines, whatever is asked': telling((decoded) => ({ fold: () => decoded.fold(0) })),
  'totals from one line on, once and for all': telling((decoded) => {
    let first: ReturnType<DecodedBatch['fold']> | undefined
    return {
      fold(from) {
        first ??= decoded.fold(from)
        return first
      },
    }
  }),
  'a row that is found by part of its key': telling((decoded) => ({
    fold(from) {
      const fold = decoded.fold(from)
      const find = (one: string, key: string) => key.startsWith(one.slice(0, -1))
      return {
        get: (aggregation, key, minuteMs) =>
          [...fold.totals()].find(
            (one) =>
              one.aggregation === aggregation && find(one.key, key) && one.minuteMs === minuteMs,
          ),
        totals: () => fold.totals(),
      }
    },
  })),
}

function changed(rejects: ReadonlyMap<number, Reject>, change: (reject: Reject) => Reject) {
  return new Map(Array.from(rejects, ([line, reject]) => [line, change(reject)]))
}

/** Decoders with one memory for all batches, or that write where they read. */
export function carelessDecoders(): Readonly<Record<string, DecodeBatch>> {
  let newest: DecodedBatch | undefined
  return {
    'totals of the newest batch': (...args) => {
      const decoded = decodeBatch(...args)
      newest = decoded
      return { ...decoded, fold: (from) => (newest ?? decoded).fold(from) }
    },
    'its input changed': (definition, lines, arrivedMs) => {
      const decoded = decodeBatch(definition, lines, arrivedMs)
      lines.bytes.fill(0x20, lines.starts[0], lines.ends[0])
      return decoded
    },
  }
}

/** A decoder that reads each line as if it were another, which it makes of it and of the one before. */
export function misreading(misread: (line: Buffer, before: Buffer) => Uint8Array): DecodeBatch {
  return (definition, lines, arrivedMs) =>
    decodeBatch(definition, misreadLines(lines, misread), arrivedMs)
}

export function misreadingHistory(
  misread: (line: Buffer, before: Buffer) => Uint8Array,
): BeginHistoryFold {
  return (definition) => {
    const fold = beginHistoryFold(definition)
    const add: HistoryFold['add'] = (lines, mayBeMissing) =>
      fold.add(misreadLines(lines, misread), mayBeMissing)
    return withAdd(fold, add)
  }
}

export function withAdd(fold: HistoryFold, add: HistoryFold['add']): HistoryFold {
  return {
    add,
    get duplicatesDropped() {
      return fold.duplicatesDropped
    },
    get refusedLines() {
      return fold.refusedLines
    },
    get totals() {
      return fold.totals
    },
    uncertain: (aggregation) => fold.uncertain(aggregation),
  }
}

function misreadLines(lines: Lines, misread: (line: Buffer, before: Buffer) => Uint8Array): Lines {
  let before = Buffer.alloc(0)
  return Lines.of(
    Array.from(lines, (bytes) => {
      const line = Buffer.from(bytes)
      const read = misread(line, before)
      before = line
      return Uint8Array.from(read)
    }),
  )
}
