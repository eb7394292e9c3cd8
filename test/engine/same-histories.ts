import { type Definition, type HistoryFold, keyMinute, type Lines } from '../../lib/core/index.ts'
import type { BeginHistoryFold, Pair } from './implementations.ts'
import { linesText } from './same-batches.ts'
import { Difference, sameText } from './same-text.ts'
import { totalText } from './state-text.ts'

export interface HistoryInput {
  readonly definition: Definition
  readonly chunks: readonly { readonly lines: Lines; readonly mayBeMissing: boolean }[]
}

interface Begun {
  readonly input: HistoryInput
  readonly expected: HistoryFold
  readonly found: HistoryFold
}

/**
 * Throws Difference where the engine makes of these hours of history anything else than the reference. They are
 * folded side by side, a chunk of each in turn.
 */
export function sameHistories(
  begin: Pair<BeginHistoryFold>,
  inputs: readonly HistoryInput[],
): void {
  const all = inputs.map((input) => ({
    input,
    expected: begin.reference(input.definition),
    found: begin.engine(input.definition),
  }))
  const most = Math.max(0, ...inputs.map(({ chunks }) => chunks.length))
  for (let at = 0; at < most; at++) {
    for (const one of all) addChunk(one, at)
  }
  for (const one of all) sameTotals(one)
}

function addChunk({ input, expected, found }: Begun, at: number): void {
  const chunk = input.chunks[at]
  if (chunk === undefined) return
  const { lines, mayBeMissing } = chunk
  const before = lines.bytes.slice()
  const events = found.add(lines, mayBeMissing)
  if (Buffer.compare(before, lines.bytes) !== 0) throw new Difference('its input is changed')
  sameText(
    `chunk ${at}: events, duplicates, refused lines`,
    `${expected.add(lines, mayBeMissing)} ${expected.duplicatesDropped} ${expected.refusedLines}`,
    `${events} ${found.duplicatesDropped} ${found.refusedLines}`,
    () => chunksText(input),
  )
}

function sameTotals({ input, expected, found }: Begun): void {
  const { definition } = input
  const context = () => chunksText(input)
  const texts = (fold: HistoryFold) =>
    Array.from(fold.totals.totals(), (total) => totalText(definition, total))
      .sort()
      .join('\n')
  sameText('totals', texts(expected), texts(found), context)
  for (const total of expected.totals.totals()) {
    const again = found.totals.get(total.aggregation, total.key, total.minuteMs)
    const text = again ? totalText(definition, again) : 'none'
    sameText('total', totalText(definition, total), text, context)
    const other = found.totals.get(total.aggregation, `${total.key}|~-`, total.minuteMs)
    sameText('total of another key', 'undefined', `${other}`, context)
  }
  for (const aggregation of definition.aggregations) {
    const uncertain = (fold: HistoryFold) =>
      Array.from(fold.uncertain(aggregation), ({ key, minuteMs }) => keyMinute(key, minuteMs))
        .sort()
        .join('\n')
    sameText('uncertain minutes', uncertain(expected), uncertain(found), context)
  }
}

function chunksText({ chunks }: HistoryInput): string {
  return chunks
    .map(
      ({ lines, mayBeMissing }) => `${linesText({ lines, arrivedMs: undefined })}, ${mayBeMissing}`,
    )
    .join('\n')
}
