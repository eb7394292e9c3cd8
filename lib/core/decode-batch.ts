import type { Aggregation } from './aggregation.ts'
import { type DecodedEvent, decodeEvent } from './decode-event.ts'
import type { Definition } from './definition.ts'
import { Fold, foldEvents, type MinuteTotal, type MinuteTotals } from './fold.ts'
import type { Lines } from './lines.ts'
import { Reject } from './reject.ts'
import { hourStart } from './windows/index.ts'

/** What one key comes to in one minute, by the events of a batch from some line on. */
export interface BatchTotal extends MinuteTotal {
  /** The last line that is in it. */
  readonly lastLine: number
}

/** The totals of a batch from some line on. */
export interface BatchFold extends MinuteTotals {
  get(aggregation: Aggregation, key: string, minuteMs: number): BatchTotal | undefined
  totals(): Iterable<BatchTotal>
}

/**
 * What a definition makes of the lines of a batch. Lines are told by their numbers, from 0. No
 * event is handed out: what a minute row lacks of a batch is always what comes after some record,
 * so whoever writes it asks for the totals from there on.
 */
export interface DecodedBatch {
  /** Lines that were taken. */
  readonly events: number
  /** The lines that were not taken, in order, and why. */
  readonly rejects: ReadonlyMap<number, Reject>
  /** For each line the UTC hour (epoch ms) of its event time; NaN where it was not taken. */
  readonly hours: Float64Array
  /**
   * The totals of the events from a line on; 0 gives those of all. It may be asked for any number of
   * lines and of rows: one row costs no more than the events that are in it.
   */
  fold(fromLine: number): BatchFold
}

/**
 * Decodes lines as `decodeEvent` does. `arrivedMs` holds for each line the time against which it is
 * checked how far ahead its event is dated; it is left out where lines were taken once already.
 *
 * This is the seam for a faster engine: what stands behind it comes to what this does, which is the
 * reference.
 */
export function decodeBatch(
  definition: Definition,
  lines: Lines,
  arrivedMs?: ArrayLike<number>,
): DecodedBatch {
  const events: (DecodedEvent | undefined)[] = []
  let taken = 0
  const rejects = new Map<number, Reject>()
  const hours = new Float64Array(lines.length).fill(Number.NaN)
  for (let line = 0; line < lines.length; line++) {
    const event = decodeEvent(definition, lines.at(line), arrivedMs?.[line])
    if (event instanceof Reject) {
      rejects.set(line, event)
      events.push(undefined)
    } else {
      taken++
      events.push(event)
      hours[line] = hourStart(event.timeMs)
    }
  }
  let whole: Fold | undefined
  return {
    events: taken,
    rejects,
    hours,
    fold(fromLine) {
      whole ??= foldAll(definition, events)
      return new FoldFrom(events, whole, fromLine)
    },
  }
}

/** By line. */
type Events = readonly (DecodedEvent | undefined)[]

function foldAll(definition: Definition, events: Events): Fold {
  const fold = new Fold(definition)
  for (let line = 0; line < events.length; line++) {
    const event = events[line]
    if (event !== undefined) fold.add(event, line)
  }
  return fold
}

/** Made of the whole batch's totals, each of which knows the lines that are in it. */
class FoldFrom implements BatchFold {
  readonly #events: Events
  readonly #whole: Fold
  readonly #fromLine: number

  constructor(events: Events, whole: Fold, fromLine: number) {
    this.#events = events
    this.#whole = whole
    this.#fromLine = fromLine
  }

  get(aggregation: Aggregation, key: string, minuteMs: number): BatchTotal | undefined {
    const total = this.#whole.get(aggregation, key, minuteMs)
    return total && this.#from(total)
  }

  *totals(): Generator<BatchTotal> {
    for (const total of this.#whole.totals()) {
      const rest = this.#from(total)
      if (rest !== undefined) yield rest
    }
  }

  #from(total: MinuteTotal & { readonly lines: readonly number[] }): BatchTotal | undefined {
    const { aggregation, key, minuteMs, lines } = total
    const lastLine = lines.at(-1)
    if (lastLine === undefined || lastLine < this.#fromLine) return undefined
    const whole = { aggregation, key, minuteMs, state: total.state, lastLine }
    if ((lines[0] as number) >= this.#fromLine) return whole
    const rest = lines.filter((line) => line >= this.#fromLine)
    const values = rest.map((line) => (this.#events[line] as DecodedEvent).values)
    return { ...whole, state: foldEvents(aggregation, values) }
  }
}
