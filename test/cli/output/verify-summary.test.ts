import { expect, test } from 'vitest'
import { verifyFailure, verifySentences } from '../../../cli/output/verify-summary.ts'
import { emptyTally } from '../../../lib/verify/tally.ts'

const hourMs = 3_600_000
const always = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }
const damaged = { hourMs: 0, in: 'row', message: 'the row is damaged' } as const

test.each([
  [always, 'no hour has data to compare: nothing was verified\n'],
  [{ ...always, fromMs: 90_000 }, 'no hour from 1970-01-01T00 (UTC) has data to compare'],
  [{ ...always, toMs: 2 * hourMs }, 'no hour to 1970-01-01T01 (UTC) has data to compare'],
])('a range in which nothing can be compared is told: %j', (asked, text) => {
  const tally = emptyTally(asked)
  expect(verifySentences(tally)).toContain(text)
  tally.pastRetentionHours = 1
  expect(verifySentences(tally)).toMatch(/\n1 hour of history has no minute rows any more\n$/)
  expect(verifyFailure(tally)).toBeUndefined()
})

test('what was compared is told with its range, and many of each as many', () => {
  const tally = emptyTally(always)
  tally.found = [0, hourMs, 2 * hourMs]
  Object.assign(tally, { hours: 2, rows: 1_200, duplicatesDropped: 2, correctedRows: 3 })
  tally.unverifiable.push(damaged)
  expect(verifySentences(tally)).toBe(
    [
      '1,200 rows of 2 hours compared with history, 1970-01-01T00 to 1970-01-01T02 (UTC)',
      '2 events stand in history more than once',
      "3 rows are right by totals from history, and not by the stream's",
      'no row differs',
      '1 hour could not be verified\n',
    ].join('\n'),
  )
})

test('where nothing could be read, nothing is said to be the same', () => {
  const tally = emptyTally(always)
  tally.found = [0]
  tally.unverifiable.push(damaged)
  expect(verifySentences(tally)).not.toContain('no row differs')
  expect(verifyFailure(tally)).toBe('1 hour cannot be verified, since what is stored is damaged')
  tally.unexplained = 2
  expect(verifyFailure(tally)).toMatch(
    /^nothing explains why 2 rows differ; see verify-differences .*; 1 hour cannot be verified$/,
  )
})
