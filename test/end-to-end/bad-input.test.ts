import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileOf } from '../data/altered-input.ts'
import { malformedKinds, malformedLines } from '../data/malformed-lines.ts'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { withBucket } from './kept-records.ts'
import {
  describeMalformed,
  describeRejected,
  type RejectedRecord,
  rejectedRecords,
} from './rejected-records.ts'
import { type Finished, RunningCommand, twofold, twofoldOk } from './twofold-command.ts'
import { grouped, Workspace } from './workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

function padded(transactionId: string, bytes: number): Buffer {
  const head =
    `{"transactionId":"${transactionId}","timestamp":"2010-12-08T09:30:00Z","productId":"long",` +
    '"quantity":1,"unitPrice":1,"currency":"GBP","padding":"'
  return Buffer.from(`${head}${'x'.repeat(bytes - head.length - 2)}"}`)
}

/** The command must end with this code, and one line on stderr that holds these texts. */
function expectOneLine(finished: Finished, exitCode: number, ...texts: readonly string[]): void {
  const { stderr, stdout } = finished
  expect({ exitCode: finished.exitCode, stdout }, stderr).toEqual({ exitCode, stdout: '' })
  expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1)
  for (const text of texts) expect(stderr).toContain(text)
}

describe('a file with bad lines', () => {
  const usual = smallInput({ seed: 5, count: 60 })
  const malformed = malformedLines(malformedKinds)
  const longest = padded('longest', 1_000_000)
  const tooLong = padded('too-long', 1_100_000)
  const windows = padded('windows', 300)
  const unended = padded('unended', 300)
  const lineOfTooLong = 30 + 2 + 1 + malformed.length + 1
  const data = workspace.path('bad-lines')
  let finished: Finished
  let rejected: RejectedRecord[] = []

  beforeAll(async () => {
    const lines = [
      ...usual.slice(0, 30),
      Buffer.from(''),
      Buffer.from(' \t\r'),
      longest,
      ...malformed.map(({ line }) => line),
      tooLong,
      Buffer.concat([windows, Buffer.from('\r')]),
      ...usual.slice(30),
    ]
    const input = workspace.writeBytes('bad.ndjson', Buffer.concat([fileOf(lines), unended]))
    finished = await twofoldOk(['run', '--input', input, '--zone', 'UTC', '--data', data])
    rejected = await rejectedRecords(data)
  })

  it('counts every line but blank ones, also one without its newline', () => {
    const read = usual.length + malformed.length + 4
    expect(finished.stdout).toContain(`${grouped(read)} events read`)
    expect(finished.stdout).toContain(`${grouped(malformed.length + 1)} rejected`)
  })

  it('takes all that is good around the bad lines, a line of 1 MB among it', async () => {
    const { purchases } = readPurchases([...usual, longest, windows, unended], Date.now())
    const rows = await exportRows(data, 'minute')
    const expected = asFinal(rowsOf(purchases, 'minute', 'UTC'))
    expect(differencesOf(rows, expected)).toEqual(noDifferences)
  })

  it('keeps every malformed line with the field at fault, and no blank line', () => {
    const found = rejected.filter(({ reason }) => reason !== 'too-large')
    expect(describeRejected(found)).toEqual(describeMalformed(malformed))
  })

  it('shows them all with `rejects`, as they were received, and names it', async () => {
    expect(finished.stdout).toContain(
      `${malformed.length + 1} rejected; \`npx twofold rejects --data ${data}\` shows them`,
    )
    const shown = await twofoldOk(['rejects', '--format', 'ndjson', '--data', data])
    expect(shown.stderr).toBe(`${malformed.length + 1} rejected records.\n`)
    const records = shown.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const texts = (all: readonly { record: Buffer }[]) =>
      all.map(({ record }) => record.toString('hex')).sort()
    const asReceived = records.map(({ data: text, dataBase64 }) => {
      return { record: text === null ? Buffer.from(dataBase64, 'base64') : Buffer.from(text) }
    })
    expect(texts(asReceived)).toEqual(texts(rejected))

    const table = await twofoldOk(['rejects', '--data', data])
    expect(table.stdout).toMatch(
      /^arrivedAt +shard +sequenceNumber +field +reason +message +data$/m,
    )
    expect(table.stdout).toMatch(/ too-large +line \d+ of bad\.ndjson .*…$/m)
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(malformed.length + 2)

    const none = await twofoldOk(['rejects', '--to', '2010-01', '--format', 'json', '--data', data])
    expect(none).toMatchObject({ stdout: '[]\n', stderr: '0 rejected records.\n' })
  })

  it('names an object below rejected/ that is none, shows the others, and ends with 1', async () => {
    await withBucket(data, (objects) =>
      objects.put('rejected/2026-11-22/10/stray', Buffer.from('?')),
    )
    try {
      const { exitCode, stdout, stderr } = await twofold(['rejects', '--data', data])
      expect(exitCode).toBe(1)
      expect(stdout.trimEnd().split('\n')).toHaveLength(malformed.length + 2)
      expect(stderr.split('\n')).toEqual([
        'rejected/2026-11-22/10/stray is not named as rejects are',
        `${malformed.length + 1} rejected records.`,
        'twofold: 1 object could not be read',
        '',
      ])
    } finally {
      await withBucket(data, (objects) => objects.delete(['rejected/2026-11-22/10/stray']))
    }
  })

  it('writes the header of a CSV that has no rows', async () => {
    const args = ['export', '--grain', 'day', '--from', '2030-01-01', '--format', 'csv']
    expect(await twofoldOk([...args, '--data', data])).toMatchObject({
      stdout:
        'aggregation,grain,period,from,to,productId,currency,purchases,quantity,revenue,minPrice,' +
        'maxPrice,status\n',
    })
  })

  it('keeps a line that is too long for the stream, with its place in the file', () => {
    const found = rejected.filter(({ reason }) => reason === 'too-large')
    expect(found.map(({ field }) => field)).toEqual([null])
    const [only] = found
    expect(only?.record.equals(tooLong)).toBe(true)
    expect(only?.message).toContain(`line ${lineOfTooLong} of bad.ndjson`)
  })
})

describe('a gzip file that is cut short', () => {
  it('fails with its name and keeps what is left of the line, and can be sent again', async () => {
    const lines = smallInput({ seed: 6, count: 200 })
    const whole = gzipSync(fileOf(lines))
    const cut = workspace.writeBytes('cut.ndjson.gz', whole.subarray(0, whole.length / 2))
    const data = workspace.path('cut')
    const first = await twofold(['run', '--input', cut, '--zone', 'UTC', '--data', data])
    expect(first.exitCode, first.stderr).toBe(1)
    expect(first.stderr.trimEnd().split('\n').at(-1)).toContain('cut.ndjson.gz')
    expect(first.stderr).not.toMatch(/^ {4}at /m)
    const rejected = await rejectedRecords(data)
    expect(rejected.map(({ reason }) => reason)).toEqual(['cut-short'])

    const input = workspace.writeBytes('whole.ndjson.gz', whole)
    await twofoldOk(['run', '--input', input, '--zone', 'UTC', '--data', data])
    const { purchases } = readPurchases(lines, Date.now())
    const rows = await exportRows(data, 'day')
    const expected = asFinal(rowsOf(purchases, 'day', 'UTC'))
    expect(differencesOf(rows, expected)).toEqual(noDifferences)
  })
})

describe('one line says what to do about', () => {
  const good = workspace.writeLines('good.ndjson', smallInput({ seed: 7, count: 5 }))
  const data = workspace.path('refused')
  // What a date may be depends on the zone that the folder was filled in.
  const filled = workspace.path('bad-lines')

  it('a file that is not there, before anything is run', async () => {
    const missing = workspace.path('missing.ndjson')
    const finished = await twofold(['run', '--input', good, missing, '--data', data])
    expectOneLine(finished, 1, 'missing.ndjson')
    expect(finished.stderr).not.toContain('ENOENT')
  })

  it('an unknown zone', async () => {
    const finished = await twofold([
      'run',
      '--input',
      good,
      '--zone',
      'Europe/Lundon',
      '--data',
      data,
    ])
    expectOneLine(finished, 2, 'Europe/Lundon')
  })

  it.each([
    ['query', ['--key=a', '--key-currency=GBP', '--from', '2010-02-30'], '2010-02-30'],
    ['query', ['--key=a', '--key-currency=GBP', '--to', 'yesterday'], 'yesterday'],
    ['export', ['--from', '2010-13-01'], '2010-13-01'],
  ])('a bad date given to %s %j', async (command, flags, text) => {
    const finished = await twofold([command, '--grain', 'day', ...flags, '--data', filled])
    expectOneLine(finished, 2, text)
  })

  it('a bad period', async () => {
    const args = ['top', '--grain', 'month', '--period', '2010-W01', '--data', filled]
    expectOneLine(await twofold(args), 2, '2010-W01')
  })

  it.each([
    [['frobnicate']],
    [['run', '--data', data]],
    [['export', '--grain', 'day', '--data=']],
    [['query', '--grain', 'day', '--key', 'a', 'EUR', 'b', '--data', data]],
    [['run', '--input', good, '--speed', 'high', '--data', data]],
    [['export', '--grain', 'year', '--data', data]],
    [['export', '--grain', 'day', '--format', 'xml', '--data', data]],
    [['query', '--grain', 'day', '--data', data]],
    [['top', '--grain', 'month', '--period', '2010-12', '-n', 'ten', '--data', data]],
  ])('wrong usage: %j', async (args) => {
    expectOneLine(await twofold(args), 2)
  })

  it('a key of which a value is missing', async () => {
    const args = ['query', '--grain', 'day', '--key-currency', 'EUR', '--data', data]
    expectOneLine(await twofold(args), 2, '--key <productId> <currency>; productId is missing')
  })

  it('a server that does not answer, with the variable that names it', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }
    const args = ['run', '--input', good, '--data', workspace.path('unreachable')]
    const finished = await twofold(args, { env })
    expectOneLine(
      finished,
      1,
      'twofold: nothing answers at AWS_ENDPOINT_URL (http://127.0.0.1:9): ',
    )
    expect(finished.stderr).not.toContain('Error:')
  })

  it('a data folder that another command is using', async () => {
    const busy = workspace.path('busy')
    const input = workspace.writeLines('many.ndjson', smallInput({ seed: 8, count: 5_000 }))
    const first = new RunningCommand(['run', '--input', input, '--zone', 'UTC', '--data', busy])
    try {
      await expect.poll(() => existsSync(`${busy}/s3`)).toBe(true)
      const args = ['run', '--input', good, '--zone', 'UTC', '--data', busy]
      expectOneLine(await twofold(args), 1, busy, '--data')
    } finally {
      first.killAll()
      await first.finished
    }
  })

  it('nothing was made by any of these in the data folder', () => {
    expect(existsSync(data)).toBe(false)
  })
})
