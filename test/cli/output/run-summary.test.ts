import { expect, test } from 'vitest'
import { jsonOf } from '../../../cli/output/json.ts'
import { type RunSummary, runCells, runSentences } from '../../../cli/output/run-summary.ts'
import { noFigures } from '../../../lib/contract/figures.ts'

const summary: RunSummary = {
  events: 400,
  blankLines: 0,
  rejects: [],
  ...noFigures(),
  foldedHours: 176,
  mergedPeriods: 13,
  rollupRowsWritten: 1_265,
  duplicatesDropped: 9,
  timeZone: 'UTC',
  tookMs: 3_900,
}

const reasons = Array.from({ length: 13 }, (_, at) => ({
  field: at === 0 ? null : `field${at}`,
  reason: 'missing',
  records: 20 - at,
  message: `"${at}" is missing`,
}))

test('a run with nothing wrong is told in four lines', () => {
  expect(runSentences(summary, '.twofold')).toBe(
    [
      '400 events read',
      '0 rejected',
      '9 duplicates dropped',
      '176 hours folded, 13 days, weeks and months merged in UTC, 1,265 rows written',
      'done in 3.9 s; the rows are in .twofold',
      '',
    ].join('\n'),
  )
})

test('one of each is told as one', () => {
  const one = { events: 1, duplicatesDropped: 1, foldedHours: 1, mergedPeriods: 1 }
  const text = runSentences({ ...summary, ...one, rollupRowsWritten: 1, refusedLines: 1 }, 'd')
  expect(text).toContain('1 event read\n')
  expect(text).toContain('1 duplicate dropped\n')
  expect(text).toContain('1 line of history left out, which the definition of today refuses')
  expect(text).toContain('1 hour folded, 1 day, week or month merged in UTC, 1 row written\n')
})

test('ten reasons are shown, and how many are not, with where to see them', () => {
  const lines = runSentences({ ...summary, rejects: reasons }, 'other').split('\n')
  expect(lines.slice(1, 14)).toEqual([
    '182 rejected; `npx twofold rejects --data other` shows them',
    '  20 record: missing ("0" is missing)',
    ...reasons.slice(1, 10).map(({ records, field, message }) => {
      return `  ${records} ${field}: missing (${message})`
    }),
    '  and 27 more, of 3 other reasons; see `npx twofold rejects --data other`',
    '9 duplicates dropped',
  ])
  const ten = runSentences({ ...summary, rejects: reasons.slice(0, 10) }, '.twofold')
  expect(ten).not.toContain('other reason')
})

test('lines that the definition refuses by now are told of, in text and for programs', () => {
  const left = { ...summary, refusedLines: 1_234 }
  expect(runSentences(left, 'd')).toContain('1,234 lines of history left out')
  expect(JSON.parse(jsonOf(runCells(left)))).toMatchObject({ unreadableLines: 1_234 })
})

test('programs get every reason', () => {
  const found = JSON.parse(jsonOf(runCells({ ...summary, rejects: reasons })))
  expect(found).toMatchObject({ rejected: 182, unreadableLines: 0, rejects: reasons })
})
