import type { Aggregation } from './aggregation.ts'
import { type DecodedEvent, decodeEvent } from './decode-event.ts'
import type { BatchFold, BatchTotal, DecodedBatch } from './decoded-batch.ts'
import type { Definition } from './definition.ts'
import { Fold, foldEvents, type MinuteTotal } from './fold.ts'
import type { Lines } from './lines.ts'
import { Reject } from './reject.ts'
import { hourStart } from './windows/index.ts'

/** What `decodeBatch` does, in plain steps, one line after the other. */
export function referenceDecodeBatch(
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
