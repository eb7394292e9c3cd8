import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  gunzipLines,
  onlineRetailFacts,
  onlineRetailFile,
  sharedDataMissing,
} from '../data/shared-data.ts'
import type { Grain } from '../oracle/local-calendar.ts'
import { readPurchases, rowsOf, sumOf } from '../oracle/oracle.ts'
import {
  allGrains,
  asFinal,
  differencesOf,
  type ExportedRow,
  exportRows,
  noDifferences,
  parseRows,
  parseWithDigits,
} from './exported-rows.ts'
import { describeMalformed, describeRejected, rejectedRecords } from './rejected-records.ts'
import { altered, longRun, longTest, runAltered } from './run-altered.ts'
import { keyArguments, twofoldOk } from './twofold-command.ts'
import { grouped, Workspace } from './workspace.ts'

const zone = 'Europe/London'

const title = sharedDataMissing
  ? 'the real file (skipped: ../shared/data is not there)'
  : 'the real file'

// One run of the whole file takes about a minute, so that what is in the folder is looked at from
// every side before the file is run into it again.
describe.skipIf(sharedDataMissing)(title, () => {
  const workspace = new Workspace()
  const data = workspace.path('whole')
  const expected = new Map<Grain, ExportedRow[]>()
  let lines: Buffer[] = []

  beforeAll(() => {
    lines = gunzipLines(onlineRetailFile)
    const { purchases } = readPurchases(lines, Date.now())
    for (const grain of allGrains) expected.set(grain, asFinal(rowsOf(purchases, grain, zone)))
  })
  afterAll(() => workspace.remove())

  it('is read whole', { timeout: longTest }, async () => {
    const { stdout } = await twofoldOk(
      ['run', '--input', onlineRetailFile, '--zone', zone, '--data', data],
      longRun,
    )
    expect(stdout).toContain(`${grouped(onlineRetailFacts.lines)} events read`)
    expect(stdout).toMatch(/(^|\D)0 rejected/)
  })

  it.each(allGrains)('comes out as the oracle has it by the %s', async (grain) => {
    const rows = await exportRows(data, grain)
    expect({
      rows: rows.length,
      purchases: sumOf(rows, 'purchases'),
      quantity: sumOf(rows, 'quantity'),
      revenue: sumOf(rows, 'revenue'),
    }).toEqual({
      rows: onlineRetailFacts.rows[grain],
      purchases: onlineRetailFacts.purchases,
      quantity: onlineRetailFacts.quantity,
      revenue: onlineRetailFacts.revenue,
    })
    expect(differencesOf(rows, expected.get(grain) ?? [])).toEqual(noDifferences)
  })

  it('exports the same rows with --unsorted', async () => {
    const rows = await exportRows(data, 'day', ['--unsorted'])
    expect(differencesOf(rows, expected.get('day') ?? [])).toEqual(noDifferences)
  })

  it.each(['ndjson', 'json'])('answers a query for a product as %s', async (format) => {
    const { stdout } = await twofoldOk([
      'query',
      ...['--grain', 'day'],
      ...keyArguments('85123A', 'GBP'),
      ...['--from', '2010-12-02'],
      ...['--to', '2010-12-31'],
      ...['--format', format],
      ...['--data', data],
    ])
    const rows = format === 'json' ? (parseWithDigits(stdout) as ExportedRow[]) : parseRows(stdout)
    const days = (expected.get('day') ?? [])
      .filter(({ productId, period }) => productId === '85123A' && period !== '2010-12-01')
      .sort((a, b) => (a.period < b.period ? -1 : 1))
    expect(days.length).toBeGreaterThan(10)
    expect(rows).toEqual(days)
  })

  it('answers for the leaders of a month', async () => {
    const { stdout } = await twofoldOk([
      'top',
      ...['--grain', 'month'],
      ...['--period', '2010-12'],
      ...['-n', '10'],
      ...['--format', 'ndjson'],
      ...['--data', data],
    ])
    const leaders = [...(expected.get('month') ?? [])]
      .sort((a, b) => Number(b.revenue) - Number(a.revenue))
      .slice(0, 10)
      .map(({ productId, revenue }) => ({ productId, revenue }))
    const found = parseRows(stdout).map(({ productId, revenue }) => ({ productId, revenue }))
    expect(found).toEqual(leaders)
  })

  it('changes no row when it comes again, out of order and with repeats and malformed lines', {
    timeout: longTest,
  }, async () => {
    await runAltered(workspace, altered(lines), { data, zone })
  })

  it.each(allGrains)('still comes out as the oracle has it by the %s', async (grain) => {
    const rows = await exportRows(data, grain)
    expect(differencesOf(rows, expected.get(grain) ?? [])).toEqual(noDifferences)
  })

  it('leaves every malformed line of the second run in the first folder', async () => {
    const { malformed } = altered(lines)
    const rejected = await rejectedRecords(data)
    expect(describeRejected(rejected)).toEqual(describeMalformed(malformed))
  })
})
