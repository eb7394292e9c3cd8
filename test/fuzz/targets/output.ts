import { equal, ok } from 'node:assert/strict'
import { parse } from 'csv-parse/sync'
import { textCell } from '../../../cli/output/cells.ts'
import { csvOf } from '../../../cli/output/csv.ts'
import { jsonOf } from '../../../cli/output/json.ts'
import { tableOf } from '../../../cli/output/table.ts'
import { hostileTexts } from '../../cli/output/hostile-texts.ts'
import type { FuzzTarget } from '../target.ts'
import { framed, framesOf } from './frames.ts'

const steers = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u
const runs = /^[\s\p{Cc}\p{Cf}"]*[=+\-@]|^"*\p{Cc}/u

/** Texts as they are written out: no format loses one, runs one or is steered by one. */
export const outputTarget: FuzzTarget = {
  name: 'output',
  seeds: [
    framed(...hostileTexts.slice(0, 20).map((text) => [0, text] as const)),
    framed(...hostileTexts.slice(20).map((text) => [0, text] as const)),
  ],
  dictionary: [...hostileTexts, Uint8Array.of(0xfe, 0)],
  maxBytes: 768,
  async check(input) {
    const texts = framesOf(input).map(({ content }) => content.subarray(0, 256).toString())
    if (texts.length === 0) return
    const rows = texts.map((text) => [textCell('text', text), textCell('end', 'end')])
    const table = tableOf(rows)
    ok(!steers.test(table), 'the table steers the terminal')
    equal(table.split('\n').length, texts.length + 2)
    const csv = parse((await Array.fromAsync(csvOf(rows))).join('')) as string[][]
    equal(csv.length, texts.length + 1)
    for (const [at, text] of texts.entries()) {
      const json = jsonOf(rows[at] ?? [])
      ok(!steers.test(json) && !json.includes('\n'), 'the JSON steers the terminal')
      equal(JSON.parse(json).text, text)
      const [cell = '', end] = csv[at + 1] ?? []
      equal(end, 'end')
      ok(!runs.test(cell.normalize('NFKC')), `a spreadsheet may run ${JSON.stringify(cell)}`)
      ok(cell === text || cell === `'${text}`, 'a text is lost')
    }
  },
}
