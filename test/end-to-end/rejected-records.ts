import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { localS3Client } from '../../emulator/clients.ts'
import { startServers } from '../../emulator/servers.ts'
import type { MalformedLine } from '../data/malformed-lines.ts'

const bucket = 'twofold'
const prefix = 'rejected/'

/** A rejected record as it is kept. `field` is null where the record as a whole is at fault. */
export interface RejectedRecord {
  readonly shard: string
  readonly sequenceNumber: string
  readonly field: string | null
  readonly reason: string
  readonly message: string
  readonly record: Buffer
}

/** Everything under `rejected/` in a data folder that no command is using, each record once. */
export async function rejectedRecords(data: string): Promise<RejectedRecord[]> {
  const servers = await startServers({ folder: data, which: ['s3'] })
  const client = localS3Client(servers.endpoints.s3)
  try {
    const records = new Map<string, RejectedRecord>()
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix },
    )) {
      for (const { Key = '' } of Contents) {
        // A batch that was delivered again in another cut stands beside the first.
        for (const line of await linesOf(client, Key)) {
          const { shard, sequenceNumber, subSequenceNumber } = line
          records.set(`${shard} ${sequenceNumber} ${subSequenceNumber}`, recordOf(line))
        }
      }
    }
    return [...records.values()]
  } finally {
    client.destroy()
    await servers.close()
  }
}

interface RejectLine extends Omit<RejectedRecord, 'record'> {
  readonly subSequenceNumber: number
  /** The record where it is UTF-8; else `dataBase64` holds it. */
  readonly data?: string
  readonly dataBase64?: string
}

async function linesOf(client: S3Client, key: string): Promise<RejectLine[]> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  if (Body === undefined) throw new Error(`${key} has no body`)
  const text = gunzipSync(await Body.transformToByteArray()).toString('utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): RejectLine => JSON.parse(line))
}

function recordOf(line: RejectLine): RejectedRecord {
  const { shard, sequenceNumber, field, reason, message, data, dataBase64 } = line
  const record =
    data === undefined ? Buffer.from(dataBase64 ?? '', 'base64') : Buffer.from(data, 'utf8')
  return { shard, sequenceNumber, field, reason, message, record }
}

/** Malformed lines as texts that can be compared with those of `describeRejected`. */
export function describeMalformed(lines: readonly MalformedLine[]): string[] {
  return lines.map(({ line, field }) => describe(line, field ?? null)).sort()
}

export function describeRejected(records: readonly RejectedRecord[]): string[] {
  return records.map(({ record, field }) => describe(record, field)).sort()
}

function describe(record: Buffer, field: string | null): string {
  const shown = record.length > 500 ? `${record.length} bytes` : ''
  return `${field ?? 'the whole record'}: ${shown}${record.toString('latin1').slice(0, 500)}`
}
