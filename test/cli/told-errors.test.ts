import { describe, expect, it, test } from 'vitest'
import { exitFailed, exitWrongUsage } from '../../cli/exit-codes.ts'
import { toldError } from '../../cli/told-errors.ts'
import { noFigures } from '../../lib/contract/figures.ts'
import { createCalendar, UnknownTimeZone } from '../../lib/core/index.ts'
import { BadEnvironment } from '../../lib/deployment/environment.ts'
import { StackUnusable } from '../../lib/deployment/open-stack.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { exportRows } from '../../lib/query/export-rows.ts'
import { parsePeriod, parseRange } from '../../lib/query/parse-range.ts'
import { readKey } from '../../lib/query/read-key.ts'
import { readTop } from '../../lib/query/read-top.ts'
import { createReader } from '../../lib/query/reader.ts'
import { UnexpectedContent } from '../../lib/store/unexpected-content.ts'
import { DataMismatch, type Mismatch } from '../../local/check-stored-settings.ts'
import { DataFolderInUse, DataFolderUnusable } from '../../local/data-folder.ts'
import { endpointUrl, hasOwnS3 } from '../../local/endpoint-url.ts'
import { OwnerNotReady } from '../../local/open-folder.ts'
import { readFigures, rollUpAll } from '../../local/roll-up-all.ts'
import { NoData, type Source } from '../../local/source.ts'
import { byPrice, byProduct } from '../support/sales.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const stores = storesOn(memoryWorld(), () => 0)
const calendar = createCalendar('UTC')
const dayMs = 86_400_000

const readerOf = (aggregation = byProduct) =>
  createReader({ stores, timeZone: 'UTC', graceMs: 0 }, aggregation, 100 * dayMs)

const minutes = (fromMs: number, toMs: number) =>
  readKey(readerOf(), { grain: 'minute', key: ['a'], range: { fromMs, toMs }, fill: false })

const price = (text: string) =>
  readKey(readerOf(byPrice), { grain: 'day', key: [text], range: undefined, fill: false })

const { rankBy: _, ...unranked } = byProduct

/** Each case: what is asked of the library, and what a person reads. */
const badQueries: [string, () => unknown, string][] = [
  [
    'an aggregation that there is not',
    () => chooseAggregation({ aggregations: [byPrice, byProduct] }, 'nope'),
    'there is no aggregation named nope; there are by-price, by-product',
  ],
  [
    'too few values of a key',
    () => readKey(readerOf(), { grain: 'day', key: [], range: undefined, fill: false }),
    'a key of by-product has a value each for product, not 0',
  ],
  ['no number', () => price('1,5'), '"1,5" is no price, which is a number, such as 12'],
  ['decimals', () => price('1.505'), '"1.505" is no price, which has 2 decimals at most'],
  ['a number too large', () => price('1e500'), '"1e500" is too large a number to be a price'],
  [
    'no period',
    () => parsePeriod(calendar, '2010-13'),
    '"2010-13" is no period in UTC; write a day as 2010-12-01, a week as 2010-W48, a month as ' +
      '2010-12, a minute as 2010-12-01T08:26 (UTC)',
  ],
  [
    'an empty range',
    () => parseRange(calendar, '2010-12-02', '2010-12-01'),
    'the range ends before it begins: 2010-12-02 to 2010-12-01',
  ],
  [
    'hours of a key',
    () => readKey(readerOf(), { grain: 'hour', key: ['a'], range: undefined, fill: false }),
    'rows are kept by minute, day, week and month, not hour',
  ],
  [
    'hours of all keys',
    () => exportRows(readerOf(), 'hour', undefined).next(),
    'rows are kept by minute, day, week and month, not hour',
  ],
  [
    'minutes from ever',
    () => minutes(Number.NEGATIVE_INFINITY, dayMs),
    'minutes need a beginning: --from, with a day, an hour or a minute',
  ],
  [
    'minutes of months',
    () => minutes(0, 32 * dayMs),
    'minutes are read for 31 days at most: give a --to',
  ],
  [
    'leaders without a rank',
    () => readTop(readerOf({ ...unranked, rankBy: undefined }), 'day', '2010-12-01', 1),
    'by-product has no rankBy in pipeline.config.ts, so no leaders',
  ],
  [
    'too many leaders',
    () => readTop(readerOf(), 'day', '2010-12-01', 101),
    'leaderboards hold the first 100 only',
  ],
  [
    'leaders of no day',
    () => readTop(readerOf(), 'day', '2010-12', 1),
    '"2010-12" is no day in UTC; write 2010-12-01',
  ],
  [
    'leaders of no week',
    () => readTop(readerOf(), 'week', '2010-12', 1),
    '"2010-12" is no week in UTC; write 2010-W48',
  ],
  [
    'leaders of no month',
    () => readTop(readerOf(), 'month', '2010-W48', 1),
    '"2010-W48" is no month in UTC; write 2010-12',
  ],
  [
    'a zone that there is not',
    () => createCalendar('Mars/Olympus'),
    'No IANA time zone is named "Mars/Olympus"',
  ],
  [
    'an endpoint that is no URL',
    () => endpointUrl({ AWS_ENDPOINT_URL: 'here' }),
    'AWS_ENDPOINT_URL is no URL: here',
  ],
  [
    'an endpoint of S3 that is no URL',
    () => hasOwnS3({ AWS_ENDPOINT_URL_S3: 'here' }),
    'AWS_ENDPOINT_URL_S3 is no URL: here',
  ],
]

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('It did not throw')
}

describe('a person who asks in a wrong way is told', () => {
  it.each(badQueries)('%s', async (_case, work, message) => {
    expect(toldError(await thrownBy(work))).toEqual({ message, exitCode: exitWrongUsage })
  })
})

const folder: Source = { folder: '/data' }
const stack: Source = { stack: 'twofold-dev' }
const version: Mismatch = { in: 'definition', differences: ['version was 1 and is 2', 'b'] }
const zones: Mismatch = { in: 'time zone', stored: 'UTC', asked: 'Europe/London' }

const owner = {
  pid: 7,
  processStart: 'x',
  command: 'twofold run',
  startedAt: '2026-11-22T10:26:00.000Z',
  endpoints: {},
}

const makeSome =
  'make some with `twofold run --input FILE` or `twofold start`, or send events to a deployed stream'

const troubles: [unknown, string][] = [
  [new NoData(folder), `there is no data in /data yet; ${makeSome}`],
  [new NoData(stack), `there is no data in the stack twofold-dev yet; ${makeSome}`],
  [
    new DataMismatch(folder, version),
    '/data holds rows of another definition than pipeline.config.ts has now (version was 1 and is ' +
      '2; b); choose another folder with --data',
  ],
  [
    new DataMismatch(stack, version),
    'the stack twofold-dev holds rows of another definition than pipeline.config.ts has now ' +
      '(version was 1 and is 2; b); use the definition that it was deployed with',
  ],
  [
    new DataMismatch(folder, { in: 'definition', differences: [] }),
    '/data holds rows of another definition than pipeline.config.ts has now; choose another folder ' +
      'with --data',
  ],
  [
    new DataMismatch(folder, zones),
    '/data holds rows made in UTC, not Europe/London; leave out --zone, or choose another folder ' +
      'with --data',
  ],
  [
    new DataMismatch(stack, zones),
    'the stack twofold-dev holds rows made in UTC, not Europe/London; leave out --zone, or use the ' +
      'definition that it was deployed with',
  ],
  [
    new DataFolderInUse('/data', owner),
    'the data folder /data is in use by `twofold run` (process 7); stop that first, or choose ' +
      'another folder with --data',
  ],
  [
    new OwnerNotReady('/data'),
    'the command that uses /data has not started its servers; try again',
  ],
  [new StackUnusable('cannot look up the stack x: no'), 'cannot look up the stack x: no'],
  [
    new UnexpectedContent('rejected/x', 'is not named as rejects are'),
    new UnexpectedContent('rejected/x', 'is not named as rejects are').message,
  ],
]

describe('a person whose command fails is told', () => {
  it.each(troubles)('%s', (error, message) => {
    expect(toldError(error)).toEqual({ message, exitCode: exitFailed })
  })

  it.each([
    ['not a folder', 'choose a folder with --data'],
    ['not writable', 'choose one that you may write to with --data'],
    ['not makeable', 'choose another place with --data'],
    ['unreadable format', 'choose another folder with --data'],
    ['newer format', 'use that version, or choose another folder with --data'],
  ] as const)('what helps with a data folder that is of no use: %s', (reason, remedy) => {
    const message = `why; ${remedy}`
    expect(toldError(new DataFolderUnusable(reason, 'why'))).toEqual({
      message,
      exitCode: exitFailed,
    })
  })

  it('why the rollup was not done, and where to look', async () => {
    const held = await thrownBy(() => readFigures({ held: false }))
    expect(toldError(held)?.message).toBe('another run of the rollup has the lease')
    const pipeline = { stores, rollUp: async () => ({ ...noFigures(), backlogUnits: 3 }) }
    const stuck = await thrownBy(() => rollUpAll(pipeline, () => undefined))
    expect(toldError(stuck)).toEqual({
      message: 'the rollup leaves 3 units undone; see functions.log',
      exitCode: exitFailed,
    })
  })
})

test('the library itself names no option, file or command', async () => {
  const messages = await Promise.all(
    badQueries.map(async ([, work]) => ((await thrownBy(work)) as Error).message),
  )
  const failures = troubles.map(([error]) => (error as Error).message)
  for (const message of [...messages, ...failures]) {
    expect(message).not.toMatch(
      /--[a-z]|pipeline\.config|functions\.log|twofold (?!run` \(process)/,
    )
  }
})

test('what nobody foresaw is none of these', () => {
  expect(toldError(new TypeError('x is not a function'))).toBeUndefined()
  expect(toldError(new UnknownTimeZone('x', undefined))).toBeDefined()
  expect(toldError(new BadEnvironment('x'))).toBeDefined()
})
