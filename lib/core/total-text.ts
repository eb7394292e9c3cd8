import type { Aggregation } from './aggregation.ts'
import type { WindowTotal } from './window-total.ts'
import type { Window } from './windows/index.ts'

/**
 * How a total is written as text: the text of its window, that of its key, and each measure's number
 * with what stands before it.
 */
export interface TotalSyntax {
  windowText(window: Window): string
  keyText(key: string): string
  /** One for each measure. */
  readonly before: readonly string[]
  /** What stands in place of no number. */
  readonly none: string
  readonly end: string
}

/** Some totals as text (UTF-8), which is valid until the next are asked for. */
export interface TotalTexts {
  readonly text: Uint8Array
  readonly totals: number
}

/** Whether all measures are shown as numbers, as `TotalSyntax` needs it. */
export const hasOnlyNumbers = ({ measures }: Aggregation) =>
  measures.every(({ measure }) => measure.presentation.kind === 'number')

const pieceCharacters = 64 * 1024

/** Totals as text, one after the other. */
export function* textsOf(
  totals: Iterable<WindowTotal>,
  aggregation: Aggregation,
  syntax: TotalSyntax,
): Generator<TotalTexts> {
  let text = ''
  let written = 0
  for (const total of totals) {
    text += totalText(aggregation, syntax, total)
    written++
    if (text.length < pieceCharacters) continue
    yield { text: new TextEncoder().encode(text), totals: written }
    text = ''
    written = 0
  }
  if (written > 0) yield { text: new TextEncoder().encode(text), totals: written }
}

/** One total as text. */
function totalText(
  { measures }: Aggregation,
  syntax: TotalSyntax,
  { key, window, state }: WindowTotal,
): string {
  let text = syntax.windowText(window) + syntax.keyText(key)
  for (const [at, { measure }] of measures.entries()) {
    text += syntax.before[at]
    text += measure.presentation.present(state[at]) ?? syntax.none
  }
  return text + syntax.end
}
