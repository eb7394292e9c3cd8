import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localDynamodbClient, localS3Client } from '../../emulator/clients.ts'
import { type Servers, startServers } from '../../emulator/servers.ts'
import { dayMs } from '../../lib/core/index.ts'
import { createMinuteRetention } from '../../lib/ledger/minute-retention.ts'
import { createDynamoDbTable } from '../../lib/store/dynamodb/dynamodb-table.ts'
import { createS3Objects } from '../../lib/store/s3/s3-objects.ts'
import { localNames } from '../../local/local-names.ts'
import { smallInput } from '../data/small-input.ts'
import { keepRejected } from './kept-records.ts'
import { twofold, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const workspace = new Workspace()
const data = workspace.path('data')

const outputs: Record<string, string> = {
  MinutesTable: localNames.minutesTable,
  RollupsTable: localNames.rollupsTable,
  LedgerTable: localNames.ledgerTable,
  Bucket: localNames.bucket,
  MinuteRetentionDays: '35',
  HourGraceMinutes: '5',
}

/** Answers DescribeStacks for one stack, as CloudFormation's query protocol does. */
const cloudFormation = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const name = new URLSearchParams(body).get('StackName')
    const members = Object.entries(name === 'bare' ? {} : outputs).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    )
    response.setHeader('content-type', 'text/xml')
    response.end(
      '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">' +
        '<DescribeStacksResult><Stacks><member>' +
        `<StackName>${name}</StackName><Outputs>${members.join('')}</Outputs>` +
        '</member></Stacks></DescribeStacksResult></DescribeStacksResponse>',
    )
  })
})

/** Has the ledger say what the functions of such a stack would. */
async function keepMinutes(retentionMs: number) {
  const client = localDynamodbClient(servers.endpoints.dynamodb)
  const ledger = createDynamoDbTable({
    client,
    tableName: localNames.ledgerTable,
    sleep: async () => undefined,
    random: Math.random,
  })
  await createMinuteRetention(ledger, retentionMs).agree(0, Date.now())
  client.destroy()
}

let servers: Servers<'dynamodb' | 's3'>
let env: Record<string, string> = {}

beforeAll(async () => {
  const input = workspace.writeLines('purchases.ndjson', smallInput({ seed: 11, count: 60 }))
  await twofoldOk(['run', '--input', input, '--data', data])
  servers = await startServers({ folder: data, which: ['dynamodb', 's3'] })
  await keepMinutes(35 * dayMs)
  await new Promise<void>((listening) => cloudFormation.listen(0, '127.0.0.1', listening))
  const { port } = cloudFormation.address() as AddressInfo
  env = {
    AWS_ENDPOINT_URL_DYNAMODB: servers.endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: servers.endpoints.s3,
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
})

afterAll(async () => {
  await servers.close()
  cloudFormation.close()
  workspace.remove()
})

describe('a deployed stack', () => {
  test('has records put back, which its own rollup counts', async () => {
    const client = localS3Client(servers.endpoints.s3)
    const lines = smallInput({ seed: 12, count: 5 }).slice(0, 5)
    await keepRejected(createS3Objects(client, localNames.bucket), lines, Date.now())
    client.destroy()
    const { stdout, stderr } = await twofoldOk(['redrive', '--stack', 'twofold-dev'], { env })
    expect(stdout).toMatch(/^rejects +taken +- +- +5$/m)
    expect(stderr).toMatch(/hours are marked as changed; the next scheduled rollup counts/)
    const status = await twofoldOk(['status', '--format', 'json', '--stack', 'twofold-dev'], {
      env,
    })
    const { changed } = JSON.parse(status.stdout) as { changed: { changed: number }[] }
    expect(changed[0]?.changed).toBeGreaterThan(0)
  })

  test('has what is open told by its own grace', async () => {
    const statuses = async () => {
      const exported = ['export', '--grain', 'month', '--format', 'json']
      const { stdout } = await twofoldOk([...exported, '--stack', 'twofold-dev'], { env })
      return new Set((JSON.parse(stdout) as { status: string }[]).map(({ status }) => status))
    }
    const { HourGraceMinutes } = outputs
    const before = await statuses()
    expect(before).toContain('final')
    // Purchases are of long ago, and so is the end of their hours.
    outputs.HourGraceMinutes = String(100 * 366 * 24 * 60)
    expect(await statuses()).toEqual(new Set(['open']))
    outputs.HourGraceMinutes = HourGraceMinutes as string
  })

  test('is read by its outputs, with the same rows as the data itself', async () => {
    const exported = ['export', '--grain', 'month', '--format', 'ndjson']
    const fromStack = await twofoldOk([...exported, '--stack', 'twofold-dev'], { env })
    expect(fromStack.stdout.split('\n').length).toBeGreaterThan(10)
    const status = await twofoldOk(['status', '--format', 'json', '--stack', 'twofold-dev'], {
      env,
    })
    expect(JSON.parse(status.stdout)).toMatchObject({ summary: [{ data: 'twofold-dev' }] })
    const past = ['--to', '2025-01-01']
    const verified = await twofoldOk(['verify', '--stack', 'twofold-dev', ...past], { env })
    // The stack keeps minute rows for 35 days, and the purchases are of long ago.
    expect(verified.stdout).toMatch(/\d hours of history have no minute rows any more\n/)
    await servers.close()
    const fromFolder = await twofoldOk([...exported, '--data', data])
    expect(fromFolder.stdout).toBe(fromStack.stdout)
  })

  test('that is none of ours is named in one line', async () => {
    const { exitCode, stderr } = await twofold(
      ['top', '--grain', 'day', '--period', '2026-11-01', '--stack', 'bare'],
      { env },
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^twofold: the stack bare has no output \w+, .*\n$/)
  })
})
