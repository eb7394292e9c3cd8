import { afterAll, describe, expect, it } from 'vitest'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import {
  allGrains,
  asFinal,
  differencesOf,
  exportRows,
  noDifferences,
  parseRows,
} from './exported-rows.ts'
import { keyArguments, twofoldOk } from './twofold-command.ts'
import { grouped, Workspace } from './workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

const lines = smallInput({ seed: 20, count: 300 })
const { purchases } = readPurchases(lines, Date.now())
const input = workspace.writeLines('small.ndjson', lines)

describe.each(['Australia/Lord_Howe', 'Asia/Kathmandu'])('made-up purchases in %s', (zone) => {
  const data = workspace.path(zone.replace('/', '-'))

  it('come out as the oracle has them at every grain', async () => {
    const { stdout } = await twofoldOk(['run', '--input', input, '--zone', zone, '--data', data])
    expect(stdout).toContain(`${grouped(lines.length)} events read`)
    expect(stdout).toMatch(/(^|\D)0 rejected/)
    for (const grain of allGrains) {
      const rows = await exportRows(data, grain)
      const expected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(rows, expected), `${grain} rows in ${zone}`).toEqual(noDifferences)
    }
  })
})

describe('a folder that was filled', () => {
  const data = workspace.path('Europe-London')
  const zone = 'Europe/London'

  it('keeps its rows when the same file is run again', async () => {
    await twofoldOk(['run', '--input', input, '--zone', zone, '--data', data])
    for (const grain of allGrains) {
      const rows = await exportRows(data, grain)
      const expected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(rows, expected), grain).toEqual(noDifferences)
    }
  })

  it('exports the same rows with --unsorted', async () => {
    for (const grain of ['minute', 'day'] as const) {
      const rows = await exportRows(data, grain, ['--unsorted'])
      const expected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(rows, expected), grain).toEqual(noDifferences)
    }
  })

  it.each(['__proto__', '\u{1f469}\u200d\u{1f680}'])(
    'answers a query for the product %j',
    async (productId) => {
      const { stdout } = await twofoldOk([
        'query',
        ...['--grain', 'day'],
        ...keyArguments(productId, 'GBP'),
        ...['--from', '2000-01-01'],
        ...['--to', '2030-01-01'],
        ...['--format', 'ndjson'],
        ...['--data', data],
      ])
      const days = rowsOf(purchases, 'day', zone)
        .filter((row) => row.productId === productId && row.currency === 'GBP')
        .map(({ period, revenue }) => ({ period, revenue }))
        .sort((a, b) => (a.period < b.period ? -1 : 1))
      expect(days.length).toBeGreaterThan(0)
      const found = parseRows(stdout).map(({ period, revenue }) => ({ period, revenue }))
      expect(found).toEqual(days)
    },
  )

  it('shows its status', async () => {
    const { stdout } = await twofoldOk(['status', '--data', data])
    expect(stdout, 'no hour is left to fold').toMatch(/^hour +0\b/m)
    expect(stdout, 'no record was rejected').toMatch(/^REJECTED\nnone$/m)
  })
})
