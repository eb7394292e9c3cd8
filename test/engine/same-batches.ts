import type { BatchFold, DecodedBatch, Definition, Lines } from '../../lib/core/index.ts'
import { Reject } from '../../lib/core/index.ts'
import type { DecodeBatch, Pair } from './implementations.ts'
import { bytesText, Difference, sameText } from './same-text.ts'
import { stateText, totalText } from './state-text.ts'

/** A batch, and the lines from which its totals are asked for, in this order. */
export interface BatchInput {
  readonly definition: Definition
  readonly lines: Lines
  readonly arrivedMs?: readonly number[] | undefined
  readonly froms: readonly number[]
}

interface Decoded {
  readonly input: BatchInput
  readonly expected: DecodedBatch
  readonly found: DecodedBatch
}

/**
 * Throws Difference where the engine makes of these batches anything else than the reference. All are decoded
 * one after the other before any totals are read, so that whatever one leaves behind meets the rest.
 */
export function sameBatches(decoders: Pair<DecodeBatch>, inputs: readonly BatchInput[]): void {
  const decoded = inputs.map((input) => decodeBoth(decoders, input))
  // All are asked for before any is read, and the last asked for is read first.
  const folds = decoded.flatMap(({ input, expected, found }) =>
    input.froms.map((from) => ({
      input,
      from,
      expected: expected.fold(from),
      found: found.fold(from),
    })),
  )
  for (const one of folds.toReversed()) sameTotals(one.input, one.from, one.expected, one.found)
  const [first] = folds
  if (first && folds.length > 1) sameTotals(first.input, first.from, first.expected, first.found)
  for (const { input, expected, found } of decoded) sameLines(input, expected, found)
}

function decodeBoth({ reference, engine }: Pair<DecodeBatch>, input: BatchInput): Decoded {
  const { definition, lines, arrivedMs } = input
  const [bytes, starts, ends] = [lines.bytes, lines.starts, lines.ends].map((one) => one.slice())
  const arrived = arrivedMs?.slice()
  const found = engine(definition, lines, arrivedMs)
  const isSame =
    sameBytes(lines.bytes, bytes as Uint8Array) &&
    lines.starts.every((start, line) => start === starts?.[line]) &&
    lines.ends.every((end, line) => end === ends?.[line]) &&
    (arrivedMs?.every((ms, line) => Object.is(ms, arrived?.[line])) ?? true)
  if (!isSame) throw new Difference(`its input is changed: ${linesText(input)}`)
  const decoded = { input, expected: reference(definition, lines, arrivedMs), found }
  sameLines(input, decoded.expected, found)
  return decoded
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** What is known of each line: whether it is taken, why not, and its hour. */
function sameLines(input: BatchInput, expected: DecodedBatch, found: DecodedBatch): void {
  const context = () => linesText(input)
  for (let line = 0; line < input.lines.length; line++) {
    sameText(
      `line ${line}`,
      `${stateText(expected.hours[line])} ${rejectText(expected.rejects.get(line))}`,
      `${stateText(found.hours[line])} ${rejectText(found.rejects.get(line))}`,
      () => bytesText(input.lines.at(line)),
    )
  }
  sameText('events', `${expected.events}`, `${found.events}`, context)
  sameText('hours', `${expected.hours.length}`, `${found.hours.length}`, context)
  sameText(
    'refused lines',
    `${[...expected.rejects.keys()]}`,
    `${[...found.rejects.keys()]}`,
    context,
  )
}

function rejectText(reject: Reject | undefined): string {
  if (reject === undefined) return 'is taken'
  const { reason, field, message } = reject
  return `${reject instanceof Reject} ${reason} ${JSON.stringify(field)} ${JSON.stringify(message)}`
}

function sameTotals(input: BatchInput, from: number, expected: BatchFold, found: BatchFold): void {
  const { definition } = input
  const context = () => linesText(input)
  const totals = [...expected.totals()]
  const texts = totals.map((total) => totalText(definition, total))
  const foundTexts = Array.from(found.totals(), (total) => totalText(definition, total))
  sameText(
    `totals from ${from}`,
    texts.toSorted().join('\n'),
    foundTexts.sort().join('\n'),
    context,
  )
  for (const [at, { aggregation, key, minuteMs }] of totals.entries()) {
    const again = found.get(aggregation, key, minuteMs)
    sameText(
      `total from ${from}`,
      texts[at] ?? '',
      again ? totalText(definition, again) : '',
      context,
    )
    // Nearly the same row, which may be there or not.
    for (const [other, minute] of [
      [`${key}x`, minuteMs],
      [key.slice(0, -1), minuteMs],
      [key, minuteMs + 60_000],
    ] as const) {
      const [a, b] = [expected, found].map((fold) => fold.get(aggregation, other, minute))
      sameText(
        `total of another row from ${from}`,
        a ? totalText(definition, a) : '',
        b ? totalText(definition, b) : '',
        context,
      )
    }
  }
}

export function linesText({ lines, arrivedMs }: Pick<BatchInput, 'lines' | 'arrivedMs'>): string {
  return `lines ${Array.from(lines, bytesText).join('\n')} that arrived ${arrivedMs}`
}
