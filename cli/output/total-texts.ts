import type { Aggregation, Window, WindowTotal } from '../../lib/core/index.ts'
import { keyCells } from '../../lib/query/result-row.ts'
import { type Cells, windowCells } from './cells.ts'

/** How a row of cells is written. */
export interface RowSyntax {
  readonly begin: string
  readonly end: string
  /** Cells as they stand within a row. */
  part(cells: Cells): string
  /** What stands before a cell's value. */
  label(name: string): string
  /** The value of a cell that has none. */
  readonly none: string
}

/** Windows recur with every key, but there may be as many as rows. */
const maxKnownWindows = 100_000

/**
 * Totals as rows, each as its cells would be written one by one. There may be millions of them, by key
 * and window, so that what they share is made into text once.
 */
export class TotalTexts {
  readonly #aggregation: Aggregation
  readonly #syntax: RowSyntax
  readonly #measureTexts: readonly ((state: unknown) => string)[]
  readonly #windows = new Map<number, string>()
  #key: string | undefined
  #keyText = ''

  constructor(aggregation: Aggregation, syntax: RowSyntax) {
    this.#aggregation = aggregation
    this.#syntax = syntax
    this.#measureTexts = aggregation.measures.map(({ name, measure: { presentation } }) => {
      const label = syntax.label(name)
      const { kind } = presentation
      if (kind === 'number') return (state) => label + (presentation.present(state) ?? syntax.none)
      return (state) => syntax.part([{ name, kind, value: presentation.present(state) }])
    })
  }

  textOf({ key, window, state }: WindowTotal): string {
    if (key !== this.#key) {
      this.#key = key
      this.#keyText = this.#syntax.part(keyCells(this.#aggregation, key))
    }
    const { begin, end } = this.#syntax
    let text = `${begin}${this.#windowText(window)},${this.#keyText}`
    for (let at = 0; at < this.#measureTexts.length; at++) {
      text += `,${this.#measureTexts[at]?.(state[at])}`
    }
    return text + end
  }

  #windowText(window: Window): string {
    const known = this.#windows.get(window.fromMs)
    if (known !== undefined) return known
    const text = this.#syntax.part(windowCells(this.#aggregation.name, window))
    if (this.#windows.size < maxKnownWindows) this.#windows.set(window.fromMs, text)
    return text
  }
}
