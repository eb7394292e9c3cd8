import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = resolve(import.meta.dirname, '../../../shared/data')

/** Real purchases of a British retailer, December 2010; beside the checkout, not in it. */
export const onlineRetailFile = join(folder, 'online-retail-2010-12.ndjson.gz')

/** Instants with their local days, weeks and months, as Python's zoneinfo has them. */
export const calendarVectorsFile = join(folder, 'calendar-vectors.ndjson.gz')

/** Tests that need `../shared/data` say so in their names and are skipped where it is missing. */
export const sharedDataMissing = !existsSync(onlineRetailFile) || !existsSync(calendarVectorsFile)

/**
 * What the real file must come to in Europe/London. The revenue is the exact sum of quantity times
 * unitPrice over all lines. The requirement quotes 748,957.000, which the lines do not add up to.
 */
export const onlineRetailFacts = {
  lines: 42_481,
  purchases: '42481',
  quantity: '342228',
  revenue: '748957.02',
  rows: { minute: 41_216, day: 20_477, week: 8_177, month: 2_822 },
} as const

/** A gzipped file's lines as bytes, without their newlines. */
export function gunzipLines(file: string): Buffer[] {
  const bytes = gunzipSync(readFileSync(file))
  const lines: Buffer[] = []
  let from = 0
  while (from < bytes.length) {
    const newline = bytes.indexOf(0x0a, from)
    const to = newline < 0 ? bytes.length : newline
    lines.push(bytes.subarray(from, to))
    from = to + 1
  }
  return lines
}
