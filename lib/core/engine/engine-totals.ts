import { type Aggregation, mergeStates } from '../aggregation.ts'
import { type TotalSyntax, type TotalTexts, textsOf } from '../total-text.ts'
import type { WindowTotal } from '../window-total.ts'
import type { Engine } from './engine.ts'
import type { NumberedWindows } from './numbered-windows.ts'
import type { OddTotals } from './odd-totals.ts'
import type { PlannedAggregation } from './plan.ts'
import { readState, windowNumber } from './read-groups.ts'
import type { KeyGroups } from './sorted-groups.ts'
import { canWriteTotals, TotalWriter } from './total-writer.ts'

export interface EngineTotalsParts {
  readonly engine: Engine
  readonly windows: NumberedWindows
  readonly odd: OddTotals
  /** Groups in the engine's memory, in the order of keys, those of a key until the next are asked for. */
  groups(): Iterable<KeyGroups>
}

/** What groups in an engine and totals of the reference come to together, by key and window. */
export class EngineTotals {
  readonly #parts: EngineTotalsParts
  readonly #planned: PlannedAggregation
  readonly #aggregation: Aggregation

  constructor(parts: EngineTotalsParts) {
    this.#parts = parts
    this.#planned = parts.engine.plan.aggregations[0] as PlannedAggregation
    this.#aggregation = this.#planned.aggregation
  }

  *totals(): Generator<WindowTotal> {
    for (const part of this.#byKey()) yield* this.#totalsOfKey(part)
  }

  *texts(syntax: TotalSyntax): Generator<TotalTexts> {
    const { engine, windows } = this.#parts
    if (!canWriteTotals(this.#aggregation)) {
      yield* textsOf(this.totals(), this.#aggregation, syntax)
      return
    }
    const writer = new TotalWriter(engine, this.#planned, syntax, (number) => windows.at(number))
    for (const part of this.#byKey()) {
      if (part.groups === undefined || part.odd !== undefined) {
        yield* textsOf(this.#totalsOfKey(part), this.#aggregation, syntax)
      } else yield* writer.texts(part.groups)
    }
  }

  /** In the order of keys. */
  *#byKey(): Generator<KeyPart> {
    const { odd } = this.#parts
    const oddKeys = odd.keys()
    let next = 0
    for (const groups of this.#parts.groups()) {
      for (; next < oddKeys.length && (oddKeys[next] as string) < groups.key; next++) {
        yield { odd: odd.ofKey(oddKeys[next] as string) }
      }
      if (oddKeys[next] === groups.key) yield { groups, odd: odd.ofKey(oddKeys[next++] as string) }
      else yield { groups }
    }
    for (; next < oddKeys.length; next++) yield { odd: odd.ofKey(oddKeys[next] as string) }
  }

  #totalsOfKey({ groups, odd = [] }: KeyPart): Iterable<WindowTotal> {
    if (groups === undefined) return odd
    const totals = this.#totalsOf(groups)
    return odd.length === 0 ? totals : mergedByWindow(totals, odd, this.#aggregation)
  }

  *#totalsOf({ key, places, count }: KeyGroups): Generator<WindowTotal> {
    const { engine, windows } = this.#parts
    for (let group = 0; group < count; group++) {
      const at = engine.view.getUint32(places + 4 * group, true)
      const window = windows.at(windowNumber(engine.view, at))
      yield { key, window, state: readState(engine, this.#planned, at) }
    }
  }
}

/** What there is of a key: by the engine, and by the reference. */
interface KeyPart {
  readonly groups?: KeyGroups
  readonly odd?: readonly WindowTotal[]
}

/** Both in the order of their windows; of those that both have, the sum. */
function* mergedByWindow(
  totals: Iterable<WindowTotal>,
  others: readonly WindowTotal[],
  aggregation: Aggregation,
): Generator<WindowTotal> {
  let next = 0
  for (const total of totals) {
    const { fromMs } = total.window
    for (; (others[next]?.window.fromMs ?? Number.POSITIVE_INFINITY) < fromMs; next++) {
      yield others[next] as WindowTotal
    }
    const other = others[next]
    if (other?.window.fromMs !== fromMs) {
      yield total
      continue
    }
    next++
    yield { ...total, state: mergeStates(aggregation, total.state, other.state) }
  }
  yield* others.slice(next)
}
