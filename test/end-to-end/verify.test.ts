import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localDynamodbClient, localS3Client } from '../../emulator/clients.ts'
import { startServers } from '../../emulator/servers.ts'
import { redrivenLane } from '../../lib/records/history.ts'
import { createDynamoDbTable } from '../../lib/store/dynamodb/dynamodb-table.ts'
import type { Item, Table } from '../../lib/store/table.ts'
import { localNames, localStores } from '../../local/local-names.ts'
import { parseWithDigits } from './exported-rows.ts'
import { twofold, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const workspace = new Workspace()
const data = workspace.path('data')
afterAll(() => workspace.remove())

const purchase = (transactionId: string, time: string, productId: string, quantity = 1) =>
  Buffer.from(
    JSON.stringify({
      transactionId,
      timestamp: `2026-01-05T${time}Z`,
      productId,
      quantity,
      unitPrice: 2.5,
      currency: 'EUR',
    }),
  )

beforeAll(async () => {
  const twice = purchase('3', '11:30:10', 'cup')
  const input = workspace.writeLines('purchases.ndjson', [
    purchase('1', '10:15:00', 'mug'),
    purchase('2', '10:15:30', 'mug', 2),
    twice,
    twice,
  ])
  await twofoldOk(['run', '--input', input, '--data', data])
})

/** What nobody but the pipeline should do: changes its data, while no command uses them. */
async function withServers(change: (minutes: Table, stores: Stores) => Promise<void>) {
  const servers = await startServers({ folder: data, which: ['dynamodb', 's3'] })
  const dynamodb = localDynamodbClient(servers.endpoints.dynamodb)
  const s3 = localS3Client(servers.endpoints.s3)
  try {
    const minutes = createDynamoDbTable({
      client: dynamodb,
      tableName: localNames.minutesTable,
      sleep: async () => undefined,
      random: Math.random,
    })
    await change(minutes, localStores({ dynamodb, s3 }))
  } finally {
    dynamodb.destroy()
    s3.destroy()
    await servers.close()
  }
}

type Stores = ReturnType<typeof localStores>

/** Puts other measures into the one row of the mug. */
const tamper = (changed: Item) =>
  withServers(async (minutes) => {
    const rows = await Array.fromAsync(minutes.scan('mug'))
    expect(rows).toHaveLength(1)
    await minutes.put({ ...(rows[0] as Item), ...changed })
  })

const verify = (...flags: readonly string[]) => twofold(['verify', '--data', data, ...flags])

describe('verify', () => {
  it('finds minute rows and history the same, and says what it looked at', async () => {
    const { exitCode, stdout, stderr } = await verify()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(
      [
        '2 rows of 2 hours compared with history, 2026-01-05T10 to 2026-01-05T11 (UTC)',
        '1 event stands in history more than once',
        "1 row is right by its total from history, and not by the stream's",
        'no row differs\n',
      ].join('\n'),
    )
    const inJson = await verify('--format', 'json')
    expect(inJson).toMatchObject({ exitCode: 0, stdout: '[]\n' })
    expect(inJson.stderr).toMatch(/no row differs\n$/)
  })

  it('lists what differs and ends with 1 where a row is wrong', async () => {
    await tamper({ revenue: { N: '9.75' }, quantity: { N: '4' } })
    const wrong = await verify('--format', 'ndjson')
    expect(wrong.exitCode).toBe(1)
    const row = {
      aggregation: 'purchases-by-product',
      minute: '2026-01-05T10:15',
      productId: 'mug',
      currency: 'EUR',
      explanation: null,
    }
    expect(wrong.stdout.trimEnd().split('\n').map(parseWithDigits)).toEqual([
      { ...row, measure: 'quantity', fromMinutes: '4', fromHistory: '3' },
      { ...row, measure: 'revenue', fromMinutes: '9.75', fromHistory: '7.5' },
    ])
    expect(wrong.stderr.split('\n').slice(-3)).toEqual([
      '1 row differs, unexplained',
      expect.stringMatching(/^twofold: nothing explains why 1 row differs; see verify-differences/),
      '',
    ])
    const table = await verify()
    expect(table.exitCode).toBe(1)
    expect(table.stdout).toMatch(/mug +EUR +quantity +4 +3 +unexplained\n/)
    expect(table.stdout).toMatch(/mug +EUR +revenue +9\.75 +7\.50 +unexplained\n/)
    expect(table.stderr).toMatch(/^twofold: [^\n]*\n$/)
  })

  it('looks only at what it is asked for, until the row is mended', async () => {
    const name = ['--aggregation', 'purchases-by-product']
    expect(await verify(...name, '--from', '2026-01-05T11')).toMatchObject({ exitCode: 0 })
    expect(await verify(...name, '--to', '2026-01-05T10:59')).toMatchObject({ exitCode: 1 })
    expect(await verify('--from', '2026-01-06', '--to', '2026-01-07')).toMatchObject({
      exitCode: 0,
      stdout:
        'no hour from 2026-01-06T00 to 2026-01-07T23 (UTC) has data to compare: nothing was verified\n',
    })

    await tamper({ revenue: { N: '7.5' }, quantity: { N: '3' } })
    expect(await verify()).toMatchObject({ exitCode: 0 })
  })

  it('ends with 0 where all differences are explained, and lists them unless told not to', async () => {
    await withServers(async (_minutes, { history, changed }) => {
      const hourMs = Date.parse('2026-01-05T11:00:00Z')
      const lane = redrivenLane('shardId-000000000000')
      const cut = { lane, firstSequenceNumber: '1', lastSequenceNumber: '1' }
      await history.append(cut, hourMs, [purchase('4', '11:45:00', 'jug')])
      await changed.mark([{ kind: 'hour', hourMs }], Date.now())
    })
    const all = await verify('--format', 'csv')
    expect(all.exitCode).toBe(0)
    const lines = all.stdout.trimEnd().split('\n')
    expect(lines[0]).toBe(
      'aggregation,minute,productId,currency,measure,fromMinutes,fromHistory,explanation',
    )
    expect(lines).toContain(
      'purchases-by-product,2026-01-05T11:45,jug,EUR,revenue,,2.5,hour-changed',
    )
    expect(all.stderr).toContain('1 row differs, hour-changed: ')
    expect(all.stderr).toMatch(/every difference is explained\n$/)
    const none = await verify('--format', 'ndjson', '--unexplained')
    expect(none).toMatchObject({ exitCode: 0, stdout: '' })
  })

  it('names an object among the failed batches that is none, and goes on', async () => {
    await withServers(async (_minutes, { objects }) => {
      const steering = JSON.stringify({ KinesisBatchInfo: { shardId: '\u001b[2J' } })
      await objects.put('aws/lambda/other', Buffer.from(steering))
      await objects.put('aws/lambda/stray', Buffer.from('hello'))
    })
    const { exitCode, stdout, stderr } = await verify()
    expect(exitCode).toBe(0)
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^aws\/lambda\/other has no payload: .*\\u001b\[2J/),
      'aws/lambda/stray is not the JSON of a batch that was given up',
      '',
    ])
    expect(stdout).toMatch(/every difference is explained\n$/)
  })

  it('goes on where a row or an object is damaged, tells which, and ends with 1', async () => {
    const history: string[] = []
    await withServers(async (minutes, { objects }) => {
      const [mug] = await Array.fromAsync(minutes.scan('mug'))
      await minutes.put({ ...(mug as Item), revenue: { S: 'garbage' } })
      for await (const { key } of objects.list('history/2026-01-05/11/')) history.push(key)
    })
    const badRow = await verify('--format', 'ndjson')
    expect(badRow.exitCode).toBe(1)
    expect(badRow.stderr).toMatch(
      /^2026-01-05T10 cannot be verified: the row pk "purchases-by-product#2026-01-05T10#\d+", sk "mug\|EUR#2026-01-05T10:15#[^"]+" of the table minutes cannot be read: .*garbage; see Restore/m,
    )
    expect(badRow.stderr).toContain('2 rows of 1 hour compared with history')
    expect(badRow.stderr).toMatch(/twofold: 1 hour cannot be verified, since .* damaged\n$/)

    const query = ['query', '--grain', 'minute', '--key', 'mug', 'EUR', '--from', '2026-01-05']
    expect(await twofold([...query, '--to', '2026-01-05', '--data', data])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^twofold: the row pk "[^"]+", sk "mug\|EUR#[^\n]*garbage\n$/),
    })

    const [damaged = ''] = history
    await withServers((_minutes, { objects }) => objects.put(damaged, Buffer.from('no zstd')))
    const both = await verify()
    expect(both.exitCode).toBe(1)
    expect(both.stderr).toContain(
      `2026-01-05T11 cannot be verified: Reading ${damaged} failed: Unknown frame descriptor`,
    )
    expect(both.stdout).toMatch(/2 hours could not be verified\n$/)
    expect(both.stderr).toMatch(/\ntwofold: 2 hours cannot be verified, [^\n]*\n$/)
  })

  it.each([
    [2, ['--from', 'yesterday'], '"yesterday" is no period'],
    [2, ['--from', '2026-01-06', '--to', '2026-01-05'], 'ends before it begins'],
    [2, ['--aggregation', 'sales'], 'no aggregation named sales'],
    [1, ['--data', workspace.path('none')], 'no data in'],
  ])('ends with %i when asked for %j', async (code, flags, text) => {
    const { exitCode, stderr, stdout } = await verify(...flags)
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
    expect(stderr).toMatch(/^twofold: [^\n]*\n$/)
    expect(stderr).toContain(text)
  })
})
