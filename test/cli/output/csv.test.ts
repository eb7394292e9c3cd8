import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cells, numberCell, textCell } from '../../../cli/output/cells.ts'
import { csvOf } from '../../../cli/output/csv.ts'
import type { Cell } from '../../../lib/query/result-row.ts'
import { anyText } from '../../support/any-text.ts'
import { hostileTexts } from './hostile-texts.ts'

const textOf = async (lines: readonly Cells[]) => (await Array.fromAsync(csvOf(lines))).join('')

/** The records of a CSV text, as another's parser reads them. */
async function written(lines: readonly Cells[]): Promise<string[][]> {
  return parse(await textOf(lines), { relax_column_count: true })
}

/** Whether a spreadsheet might run the cell, put another way than in the code. */
function mayRun(cell: string): boolean {
  const known = [...cell.normalize('NFKC')]
  const start = known.findIndex((character) => !/[\s\p{Cc}\p{Cf}"]/u.test(character))
  return ['=', '+', '-', '@'].includes(known[start] ?? '') || /^["]*\p{Cc}/u.test(cell)
}

/** What a reader who knows of the `'` gets back. */
const restored = (cell: string) =>
  cell.startsWith("'") && mayRun(cell.replaceAll("'", '')) ? cell.slice(1) : cell

const texts = fc.oneof(
  fc.constantFrom(...hostileTexts),
  anyText(),
  fc
    .array(fc.constantFrom('=', '+', '-', '@', '＝', "'", '"', ' ', '\t', '\n', '\r', ',', 'a'), {
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
)

describe('CSV', () => {
  it.each(hostileTexts)('runs nothing of a text, and loses nothing of it: %j', async (text) => {
    const [header, record = []] = await written([[textCell('a', text), textCell('b', 'end')]])
    expect(header).toEqual(['a', 'b'])
    expect(record).toHaveLength(2)
    expect(mayRun(record[0] ?? '')).toBe(false)
    expect(restored(record[0] ?? '')).toBe(text)
  })

  it('has a header where there are no lines, if it is known, and one where there are some', async () => {
    expect((await Array.fromAsync(csvOf([], ['a', 'b']))).join('')).toBe('a,b\n')
    const some = csvOf([[textCell('a', 'x'), textCell('b', 'y')]], ['a', 'b'])
    expect((await Array.fromAsync(some)).join('')).toBe('a,b\nx,y\n')
    expect(await textOf([])).toBe('')
  })

  it('puts a quote only before what could run', async () => {
    const plain = ['a', 'a=b', 'a-1', "'a", '"a', ' a', "it's", '1', '\\=', '#', '|']
    const lines = plain.map((text): Cells => [textCell('x', text)])
    expect((await written(lines)).slice(1)).toEqual(plain.map((text) => [text]))
  })

  it('runs nothing of any texts, and gives each its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 5 }), async (some) => {
        const line = some.map((text, at) => textCell(`column${at}`, text))
        const [, record = []] = await written([line])
        expect(record.filter(mayRun)).toEqual([])
        expect(record.map(restored)).toEqual(some)
      }),
      { numRuns: 1_000 },
    )
  })

  it('leaves numbers as they are, negative ones too', async () => {
    const exact = (name: string, value: string | null): Cell => ({ name, kind: 'number', value })
    const long = '-12345678901234567890.0123456789'
    const line = [numberCell('a', -1), exact('b', long), exact('c', null), exact('d', '-0.5')]
    expect(await textOf([line])).toBe(`a,b,c,d\n-1,${long},,-0.5\n`)
  })

  it('tells an empty text from a missing one', async () => {
    expect(await textOf([[textCell('a', ''), textCell('b', null)]])).toBe('a,b\n"",\n')
  })

  it('of no lines is empty', async () => {
    expect(await textOf([])).toBe('')
  })

  it('ends with the error of its lines', async () => {
    const lines = async function* (): AsyncGenerator<Cells> {
      yield [textCell('a', 'x')]
      throw new Error('the table is gone')
    }
    await expect(Array.fromAsync(csvOf(lines()))).rejects.toThrow('the table is gone')
  })
})
