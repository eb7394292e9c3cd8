import fc from 'fast-check'
import { createCalendar, grains, Lines } from '../../../lib/core/index.ts'
import { definitionOf } from '../../engine/definition-plan.ts'
import { batchDecoders, historyFolds, windowFolds } from '../../engine/implementations.ts'
import { linesFor } from '../../engine/line-arbitrary.ts'
import { sameBatches } from '../../engine/same-batches.ts'
import { sameHistories } from '../../engine/same-histories.ts'
import { sameWindows } from '../../engine/same-windows.ts'
import { tellingDefinitions } from '../../engine/telling-definitions.ts'
import type { FuzzTarget } from '../target.ts'
import { words } from './purchase-words.ts'

const definitions = tellingDefinitions.map(definitionOf)
const calendar = createCalendar('America/St_Johns')
const nowMs = Date.parse('2026-11-28T11:00:00Z')

/** Stands between lines that may hold newlines, as those of the stream; no JSON text holds it. */
const separator = 0x1e
const newline = 0x0a

/** Lines made for a definition by chance, but always the same. */
function seedsOf(place: number): Uint8Array[] {
  const plan = tellingDefinitions[place]
  if (plan === undefined) return []
  return [0, 1, 2].map((how) => {
    const lines = fc.sample(linesFor(plan), { seed: 10 * place + how, numRuns: 4 })
    const text = lines.flatMap((line) => [line, Uint8Array.of(newline)])
    return Buffer.concat([Uint8Array.of(place, how), ...text])
  })
}

/**
 * The engine and the reference on any lines: the first byte chooses a definition, the second what
 * folds them and how they are told apart.
 */
export const engineTarget: FuzzTarget = {
  name: 'engine',
  seeds: definitions.flatMap((_, place) => seedsOf(place)),
  dictionary: [
    ...words,
    ...tellingDefinitions.flatMap(({ fields }) =>
      fields.map(({ name }) => `,${JSON.stringify(name)}:`),
    ),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
    Uint8Array.of(0xe2, 0x82),
    Uint8Array.of(separator),
    '\n{',
    '"1.50"',
    '-1.0000000000000001',
    '1764327510.999',
    '"2026-11-28t10:58:30.123456z"',
    '0.000000000000001',
  ],
  check(input) {
    const definition = definitions[(input[0] ?? 0) % definitions.length] as (typeof definitions)[0]
    const how = input[1] ?? 0
    const text = input.subarray(2)
    const lines = how & 8 ? separated(text) : Lines.ofText(text)
    const half = lines.length >> 1
    if (how % 3 === 0) {
      const arrivedMs = how & 4 ? Array<number>(lines.length).fill(nowMs) : undefined
      const batch = { definition, lines, arrivedMs, froms: [half, 0] }
      sameBatches(batchDecoders, [batch, { ...batch, froms: [half + 1] }])
    } else if (how % 3 === 1) {
      const [first, rest] = [part(lines, 0, half), part(lines, half)]
      const chunks = [first, rest].map((one, at) => ({
        lines: one,
        mayBeMissing: at > 0 && (how & 4) > 0,
      }))
      sameHistories(historyFolds, [{ definition, chunks }])
    } else {
      const place = (how >> 4) % definition.aggregations.length
      const aggregation = definition.aggregations[place] as (typeof definition.aggregations)[0]
      const grain = grains[(how >> 5) % grains.length] ?? 'day'
      const options = { definition, aggregation, grain, calendar, eachIdOnce: (how & 4) > 0, nowMs }
      sameWindows(windowFolds, [{ options, rooms: [text, text] }])
    }
  },
}

function separated(text: Uint8Array): Lines {
  const ends = [...text.keys()].filter((at) => text[at] === separator)
  return new Lines(text, [0, ...ends.map((end) => end + 1)], [...ends, text.length])
}

function part({ bytes, starts, ends }: Lines, from: number, to?: number): Lines {
  return new Lines(bytes, starts.subarray(from, to), ends.subarray(from, to))
}
