import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PurchaseTotals } from '../purchase-totals.ts'

/** What a CSV of rows holds, the same for all who write the same rows in the same order. */
export interface RowDigest {
  readonly rows: number
  readonly digest: string
  /** What all rows come to together. */
  readonly totals: PurchaseTotals
}

const texts = ['aggregation', 'grain', 'productId', 'currency']
const times = ['period', 'from', 'to']
const numbers = ['purchases', 'quantity', 'revenue', 'minPrice', 'maxPrice'] as const

/** Throws where a column is missing. The values of made purchases need no quotes in a CSV. */
export async function digestRows(csvFile: string): Promise<RowDigest> {
  const digest = createHash('sha256')
  const totals = new PurchaseTotals()
  let read: ((line: string) => readonly string[]) | undefined
  let rows = 0
  for await (const lines of chunksOfLines(csvFile)) {
    for (const line of lines) {
      if (read === undefined) {
        read = readerFor(line)
      } else {
        const cells = read(line)
        digest.update(`${cells}\n`)
        addTo(totals, cells.slice(-numbers.length))
        rows++
      }
    }
  }
  return { rows, digest: digest.digest('hex'), totals }
}

/** Reads a line into cells in an order and a form that all share. */
function readerFor(header: string): (line: string) => readonly string[] {
  const columns = unquoted(header).split(',')
  const placesOf = (names: readonly string[]) =>
    names.map((name) => {
      const place = columns.indexOf(name)
      if (place < 0) throw new Error(`The rows have no column ${name}: ${header}`)
      return place
    })
  const [ofTexts, ofTimes, ofNumbers] = [placesOf(texts), placesOf(times), placesOf(numbers)]
  return (line) => {
    const cells = unquoted(line).split(',')
    const at = (place: number) => cells[place] ?? ''
    return [
      ...ofTexts.map(at),
      ...ofTimes.map((place) => minuteOf(at(place))),
      ...ofNumbers.map((place) => plainDecimal(at(place))),
    ]
  }
}

const unquoted = (line: string) => (line.includes('"') ? line.replaceAll('"', '') : line)

/** `2024-11-05`, `2024-11-05 00:00:00` and `2024-11-05T00:00:00.000Z` are one. */
const minuteOf = (time: string) => `${time.slice(0, 10)}T${time.slice(11, 16) || '00:00'}`

/** Without zeros that do not count. */
const plainDecimal = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

function addTo(totals: PurchaseTotals, cells: readonly string[]): void {
  const [purchases, quantity, revenue, minPrice, maxPrice] = cells as [string, ...string[]]
  const units = (text: string | undefined) => Math.round(Number(text) * 10_000)
  totals.purchases += Number(purchases)
  totals.quantity += Number(quantity)
  totals.revenueUnits += units(revenue)
  totals.minPriceUnits = Math.min(totals.minPriceUnits, units(minPrice))
  totals.maxPriceUnits = Math.max(totals.maxPriceUnits, units(maxPrice))
}

async function* chunksOfLines(file: string): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }
  if (rest !== '') yield [rest]
}
