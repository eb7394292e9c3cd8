import type { Context, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { localCredentials, localRegion } from '../../emulator/identity.ts'
import { SettingsMismatch } from '../../lib/ledger/settings.ts'
import { type EmbeddedStores, openEmbeddedStores } from '../conformance/embedded-stores.ts'

const logged: string[] = []
let embedded: EmbeddedStores

beforeAll(async () => {
  embedded = await openEmbeddedStores(3)
})
afterAll(() => embedded.close())
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  vi.resetModules()
  logged.length = 0
})

/** The handlers as they are after a cold start, with this environment. */
async function coldStart(changed: Readonly<Record<string, string>> = {}) {
  const [minutes = '', rollups = '', ledger = ''] = embedded.tableNames
  const environment = {
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: embedded.endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: embedded.endpoints.s3,
    S3_PATH_STYLE: 'true',
    MINUTES_TABLE: minutes,
    ROLLUPS_TABLE: rollups,
    LEDGER_TABLE: ledger,
    BUCKET: embedded.bucket,
    // The purchases of these tests are of a fixed date.
    MINUTE_RETENTION_DAYS: '36500',
    ...changed,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => logged.push(String(line)) > 0)
  const stream = await import('../../functions/stream-aggregate/handler.ts')
  const rollup = await import('../../functions/batch-rollup/handler.ts')
  return { stream: stream.handler, rollup: rollup.handler }
}

const purchase = {
  transactionId: 't-1',
  timestamp: '2026-01-01T10:00:00Z',
  productId: 'secret-product',
  quantity: 2,
  unitPrice: 1.25,
  currency: 'GBP',
}

function eventOf(...records: readonly string[]): KinesisStreamEvent {
  return {
    Records: records.map((data, at) => {
      const sequenceNumber = String(100 + at)
      const kinesis = {
        sequenceNumber,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: 1_767_265_300,
      }
      return { eventID: `shardId-000000000000:${sequenceNumber}`, kinesis } as KinesisStreamRecord
    }),
  }
}

const invocation = (awsRequestId: string) =>
  ({ awsRequestId, getRemainingTimeInMillis: () => 900_000 }) as Context

describe('the functions, as Lambda calls them', () => {
  it('take a batch and roll it up, and log neither of it', async () => {
    const { stream, rollup } = await coldStart()
    const batch = eventOf(JSON.stringify(purchase), 'secret that is no event')
    expect(await stream(batch)).toEqual({ batchItemFailures: [] })
    expect(await stream(batch)).toEqual({ batchItemFailures: [] })
    expect(await rollup({}, invocation('run-1'))).toMatchObject({
      held: true,
      foldedHours: 1,
      mergedPeriods: 3,
      rollupRowsWritten: 3,
      backlogUnits: 0,
    })
    const [, rollups] = embedded.tables
    const key = { pk: 'purchases-by-product#secret-product|GBP', sk: 'month#2026-01' }
    expect(await rollups?.get(key)).toMatchObject({
      purchases: { N: '1' },
      quantity: { N: '2' },
      revenue: { N: '2.5' },
    })
    const lines = logged.map((line) => JSON.parse(line))
    expect(lines.map(({ message }) => message)).toEqual([
      'batch applied',
      'batch applied',
      'rolled up',
    ])
    expect(lines[0]).toMatchObject({ events: 1, rejects: 1, minuteRowsWritten: 1 })
    expect(lines[1]).toMatchObject({ events: 1, rejects: 1, minuteRowsWritten: 0 })
    expect(logged.join('')).not.toContain('secret')
  })

  it('verify the last hours on request', async () => {
    const { rollup } = await coldStart()
    expect(await rollup({ verify: { hours: 2 } }, invocation('verify'))).toMatchObject({
      hours: 2,
      unexplainedDifferences: 0,
      hoursLeft: 0,
    })
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', message: 'verified', hours: 2 },
    ])
  })

  it('ask for the whole batch again on trouble with a store', async () => {
    const { stream } = await coldStart({ BUCKET: 'no-such-bucket' })
    const batch = eventOf(JSON.stringify({ ...purchase, transactionId: 't-2' }))
    expect(await stream(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: '100' }] })
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      level: 'error',
      message: 'batch not applied',
      error: expect.stringContaining('StorageTrouble: Putting history/2026-01-01/10/'),
    })
  })

  it('throw on what no repetition mends', async () => {
    const { stream, rollup } = await coldStart({ TIME_ZONE: 'Asia/Kathmandu' })
    const mismatch = { name: SettingsMismatch.name, message: /timeZone UTC, not Asia\/Kathmandu/ }
    const message = expect.stringMatching(mismatch.message)
    const batch = eventOf(JSON.stringify(purchase))
    // The stream does not depend on the zone, and must not stop for it.
    await expect(stream(batch)).resolves.toEqual({ batchItemFailures: [] })
    await expect(rollup({}, invocation('x'))).rejects.toMatchObject({
      name: mismatch.name,
      message,
    })
    await expect(rollup('what?', invocation('y'))).rejects.toMatchObject({ name: 'BadRequest' })
    await expect(stream({ Records: [] })).rejects.toThrow('The batch holds no record')
  })

  it.each([
    [{ LEDGER_TABLE: '' }, 'The environment variable LEDGER_TABLE is not set'],
    [{ KEY_RANGES: 'many' }, 'KEY_RANGES must be a whole number from 1 up, not "many"'],
    [{ HOUR_GRACE_MS: '-1' }, 'HOUR_GRACE_MS must be a whole number from 0 up, not "-1"'],
    [{ TIME_ZONE: 'Europe/Lundon' }, 'No IANA time zone is named "Europe/Lundon"'],
  ])('do not start with the environment %j', async (changed, message) => {
    await expect(coldStart(changed)).rejects.toThrow(message)
  })
  // The last, since it leaves a ledger that keeps no rows of then.
  it('write no rows of minutes that a former retention has ended, however long the present one is', async () => {
    const written: unknown[] = []
    for (const [minute, days] of ['36500', '1', '36500'].entries()) {
      vi.resetModules()
      const { stream } = await coldStart({ MINUTE_RETENTION_DAYS: days })
      const timestamp = `2026-01-01T09:0${minute}:00Z`
      const batch = eventOf(
        JSON.stringify({ ...purchase, transactionId: `r-${minute}`, timestamp }),
      )
      expect(await stream(batch)).toEqual({ batchItemFailures: [] })
      written.push(JSON.parse(logged.at(-1) ?? '').minuteRowsWritten)
    }
    expect(written).toEqual([1, 0, 0])
  })
})
