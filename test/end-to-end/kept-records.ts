import { localS3Client } from '../../emulator/clients.ts'
import {
  failureObjectKey,
  failureRecord,
} from '../../emulator/event-source-mapping/failure-record.ts'
import { startServers } from '../../emulator/servers.ts'
import { Reject } from '../../lib/core/index.ts'
import { createRejects } from '../../lib/records/rejects.ts'
import type { Objects } from '../../lib/store/objects.ts'
import { createS3Objects } from '../../lib/store/s3/s3-objects.ts'
import { localNames } from '../../local/local-names.ts'

const shardId = 'shardId-000000000001'
const sequenceNumber = (at: number) => String(10n ** 55n + BigInt(at))

/** The bucket of a data folder that no command is using, for as long as `use` takes. */
export async function withBucket<Result>(
  data: string,
  use: (objects: Objects) => Promise<Result>,
): Promise<Result> {
  const servers = await startServers({ folder: data, which: ['s3'] })
  const client = localS3Client(servers.endpoints.s3)
  try {
    return await use(createS3Objects(client, localNames.bucket))
  } finally {
    client.destroy()
    await servers.close()
  }
}

export async function keysBelow(objects: Objects, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(objects.list(prefix))).map(({ key }) => key)
}

/** Keeps lines as the stream function would have under a definition that refused them. */
export async function keepRejected(
  objects: Objects,
  lines: readonly Buffer[],
  arrivedMs: number,
): Promise<void> {
  const cut = {
    lane: shardId,
    firstSequenceNumber: sequenceNumber(0),
    lastSequenceNumber: sequenceNumber(lines.length),
  }
  const records = lines.map((data, at) => ({
    sequenceNumber: sequenceNumber(at),
    subSequenceNumber: 0,
    arrivedMs,
    reject: new Reject('too-long', 'productId', 'productId is 9 bytes, over 8'),
    data,
  }))
  await createRejects(objects).append(cut, records)
}

/** Keeps lines as the event source mapping does whose function failed on them. */
export async function keepFailedBatch(
  objects: Objects,
  lines: readonly Buffer[],
  arrivedMs: number,
): Promise<string> {
  const record = failureRecord(
    {
      source: { shardId, streamArn: 'arn:aws:kinesis:us-east-1:1:stream/s', region: 'us-east-1' },
      records: lines.map((data, at) => ({
        sequenceNumber: sequenceNumber(1_000 + at),
        partitionKey: 'any',
        data: data.toString('base64'),
        arrivalMs: arrivedMs,
      })),
      condition: 'RetryAttemptsExhausted',
      invocations: 11,
      functionThrew: true,
    },
    { functionName: 'stream-aggregate', requestId: 'r', nowMs: arrivedMs },
  )
  const key = failureObjectKey('local', record)
  await objects.put(key, Buffer.from(JSON.stringify(record)))
  return key
}
