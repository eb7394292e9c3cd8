import { randomUUID } from 'node:crypto'
import {
  type KinesisClient,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis'
import { provisionStream } from '../../emulator/provision.ts'

/** Makes a stream of its own for a test. */
export async function makeStream(kinesis: KinesisClient, shardCount: number): Promise<string> {
  const name = `test-${randomUUID()}`
  await provisionStream(kinesis, { name, shardCount })
  return name
}

/** Puts texts in order into the shard of `key`, and gives where each went. */
export async function putTexts(
  kinesis: KinesisClient,
  stream: string,
  texts: readonly string[],
  key: string | ((text: string) => string) = 'key',
): Promise<{ shardId: string; sequenceNumber: string }[]> {
  const Records = texts.map((text) => ({
    Data: Buffer.from(text),
    PartitionKey: typeof key === 'string' ? key : key(text),
  }))
  const command = new PutRecordsCommand({ StreamName: stream, Records })
  const { Records: entries = [] } = await kinesis.send(command)
  return entries.map(({ ShardId, SequenceNumber }: PutRecordsResultEntry) => {
    if (ShardId === undefined || SequenceNumber === undefined)
      throw new Error('a record was refused')
    return { shardId: ShardId, sequenceNumber: SequenceNumber }
  })
}
