import type { TotalSyntax, TotalTexts } from '../total-text.ts'
import type { WindowFoldOptions } from '../window-fold.ts'
import type { WindowTotal } from '../window-total.ts'
import { Engine } from './engine.ts'
import { EngineTotals } from './engine-totals.ts'
import { NumberedWindows } from './numbered-windows.ts'
import { OddTotals } from './odd-totals.ts'
import type { FoldShare } from './piece-fold.ts'
import { LineRoom } from './place-lines.ts'
import type { Plan, PlannedAggregation } from './plan.ts'
import type { KeyGroups } from './sorted-groups.ts'
import { windowUse } from './window-use.ts'
import { writeNumbers } from './write-plan.ts'

const partBytes = 16
const windowOrderAt = 28

/** What several shares of a text come to together. Of groups it holds those of one key at a time. */
export class MergedFold {
  readonly #engine: Engine
  readonly #shares: readonly FoldShare[]
  readonly #groupBytes: number
  readonly #room = new LineRoom()
  /** Where it is told for each share where its windows are known (u32). */
  readonly #windowsAt: readonly number[]
  readonly #totals: EngineTotals

  constructor(plan: Plan, options: WindowFoldOptions, shares: readonly FoldShare[]) {
    const windows = new NumberedWindows(options, plan.firstMinute)
    const engine = new Engine(plan, windowUse(options), (ms) => windows.windowAt(ms))
    engine.begin()
    this.#engine = engine
    this.#shares = shares
    this.#groupBytes = engine.groupBytes(plan.aggregations[0] as PlannedAggregation)
    this.#windowsAt = placeWindows(engine, windows, shares)
    const odd = new OddTotals(options.aggregation)
    for (const total of shares.flatMap((share) => share.odd)) odd.addTotal(total)
    this.#totals = new EngineTotals({ engine, windows, odd, groups: () => this.#groups() })
  }

  totals(): Iterable<WindowTotal> {
    return this.#totals.totals()
  }

  texts(syntax: TotalSyntax): Iterable<TotalTexts> {
    return this.#totals.texts(syntax)
  }

  *#groups(): Generator<KeyGroups> {
    const next = this.#shares.map(() => 0)
    for (;;) {
      const key = leastKey(this.#shares, next)
      if (key === undefined) return
      const parts: SharePart[] = []
      for (const [share, one] of this.#shares.entries()) {
        const at = next[share] as number
        if (one.keys[at] !== key) continue
        next[share] = at + 1
        parts.push({ share, from: one.ends[at - 1] ?? 0, end: one.ends[at] as number })
      }
      yield { key, ...this.#merge(parts) }
    }
  }

  #merge(parts: readonly SharePart[]): { readonly places: number; readonly count: number } {
    const engine = this.#engine
    const groups = parts.reduce((sum, { from, end }) => sum + end - from, 0)
    const bytes = groups * this.#groupBytes
    const partsAt = this.#room.take(engine, partBytes * parts.length + 2 * bytes + 4 * groups)
    const merged = partsAt + partBytes * parts.length
    let at = merged + bytes
    for (const [number, { share, from, end }] of parts.entries()) {
      const some = this.#shares[share]?.groups.subarray(
        from * this.#groupBytes,
        end * this.#groupBytes,
      ) as Uint8Array
      engine.bytes.set(some, at)
      const part = [at, at + some.length, this.#windowsAt[share] as number, 0]
      writeNumbers(part, engine.view, partsAt + number * partBytes)
      at += some.length
    }
    const count = engine.exports.merge(partsAt, parts.length, merged, at)
    return { places: at, count }
  }
}

/** Of the groups of a key those of one share. */
interface SharePart {
  readonly share: number
  readonly from: number
  readonly end: number
}

function leastKey(shares: readonly FoldShare[], next: readonly number[]): string | undefined {
  let least: string | undefined
  for (const [share, { keys }] of shares.entries()) {
    const key = keys[next[share] as number]
    if (key !== undefined && (least === undefined || key < least)) least = key
  }
  return least
}

/** Makes all windows known to the engine, and tells for each share where. */
function placeWindows(
  engine: Engine,
  windows: NumberedWindows,
  shares: readonly FoldShare[],
): number[] {
  const starts = [...new Set(shares.flatMap((share) => [...share.windows]))].sort((a, b) => a - b)
  const places = new Map<number, number>()
  for (const [order, fromMs] of starts.entries()) {
    const at = engine.exports.windowNumbered(windows.windowAt(fromMs).number) >>> 0
    engine.view.setUint32(at + windowOrderAt, order, true)
    places.set(fromMs, at)
  }
  return shares.map((share) => {
    const at = engine.allocate(4 * share.windows.length)
    const known = Array.from(share.windows, (fromMs) => places.get(fromMs) as number)
    writeNumbers(known, engine.view, at)
    return at
  })
}
