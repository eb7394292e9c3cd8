import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AlteredInput, alterInput } from '../data/altered-input.ts'
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
import { type Finished, keyArguments, twofoldOk } from './twofold-command.ts'
import { grouped, Workspace } from './workspace.ts'

const zone = 'Europe/London'
const longRun = { timeoutMs: 590_000 }
const longTest = 600_000
const alteration = { seed: 12, files: 3, repeatedShare: 0.05, malformedShare: 0.01 }

/** Lines that the altered input brings to an empty folder; all of them where there is time. */
const freshLines = process.env.WHOLE_INPUT === '1' ? onlineRetailFacts.lines : 3_000

const title = sharedDataMissing
  ? 'the real file (skipped: ../shared/data is not there)'
  : 'the real file'

function runAltered(
  workspace: Workspace,
  name: string,
  altered: AlteredInput,
  data: string,
): Promise<Finished> {
  const files = altered.files.map((lines, index) =>
    workspace.writeLines(`${name}-${index + 1}.ndjson`, lines),
  )
  return twofoldOk(['run', '--input', ...files, '--zone', zone, '--data', data], longRun)
}

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
    const altered = alterInput(lines, alteration)
    const { stdout } = await runAltered(workspace, 'again', altered, data)
    expect(stdout).toContain(`${grouped(altered.linesInAll)} events read`)
    expect(stdout).toContain(`${grouped(altered.malformed.length)} rejected`)
  })

  it.each(allGrains)('still comes out as the oracle has it by the %s', async (grain) => {
    const rows = await exportRows(data, grain)
    expect(differencesOf(rows, expected.get(grain) ?? [])).toEqual(noDifferences)
  })

  it('comes out of an empty folder right, altered as it is', { timeout: longTest }, async () => {
    const fresh = workspace.path('fresh')
    const part = lines.slice(0, freshLines)
    const altered = alterInput(part, alteration)
    const { stdout } = await runAltered(workspace, 'fresh', altered, fresh)
    expect(stdout).toContain(`${grouped(altered.linesInAll)} events read`)
    expect(stdout).toContain(`${grouped(altered.malformed.length)} rejected`)

    const { purchases } = readPurchases(part, Date.now())
    for (const grain of allGrains) {
      const rows = await exportRows(fresh, grain)
      const rowsExpected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(rows, rowsExpected), grain).toEqual(noDifferences)
    }

    const rejected = await rejectedRecords(fresh)
    expect(describeRejected(rejected)).toEqual(describeMalformed(altered.malformed))
    for (const { shard, sequenceNumber, reason, message } of rejected) {
      expect(sequenceNumber).toMatch(/^\d+$/)
      expect(shard).not.toBe('')
      expect(reason).not.toBe('')
      expect(message).not.toBe('')
    }
  })

  it('leaves every malformed line of the second run in the first folder', async () => {
    const { malformed } = alterInput(lines, alteration)
    const rejected = await rejectedRecords(data)
    expect(describeRejected(rejected)).toEqual(describeMalformed(malformed))
  })
})
