import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { keyItem } from '../attribute.ts'
import { asStorageTrouble, StorageTrouble } from '../storage-trouble.ts'
import type { SendingWatch, Write } from '../table.ts'
import { eachSending, telling, writeWatched } from './watched-sending.ts'

export interface BatchOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** Waits that long; passed in so that tests and simulations need no real time. */
  readonly sleep: (ms: number) => Promise<void>
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number
}

/** BatchWriteItem takes no more. */
const maxBatchItems = 25
const batchesUnderWay = 8
/** Items that DynamoDB left unprocessed are sent again this often before we give up. */
const maxBatchAttempts = 10
const firstBackoffMs = 50
const maxBackoffMs = 5_000

/**
 * Puts and deletes without conditions, with the watch told of each time that a batch is sent. Returns
 * how many there were. Throws StorageTrouble, or what the watch or the writes' source throws.
 */
export async function writeInBatches(
  options: BatchOptions,
  writes: AsyncIterable<Write> | Iterable<Write>,
  watch?: SendingWatch,
): Promise<number> {
  let written = 0
  const failures: unknown[] = []
  const writeOne = async (batch: WriteRequest[]) => {
    try {
      await writeWatched(watch, (watched) => writeBatch(options, batch, watched))
      written += batch.length
    } catch (failure) {
      failures.push(failure)
    }
  }
  const batches = untilFailure(inBatches(writes), failures)
  await pMap(batches, writeOne, { concurrency: batchesUnderWay })
  // Thrown once no batch is under way any more: a write that came later than this answer could
  // undo what its caller has others do next.
  if (failures.length > 0) throw failures[0]
  return written
}

async function* inBatches(
  writes: AsyncIterable<Write> | Iterable<Write>,
): AsyncGenerator<WriteRequest[]> {
  let batch: WriteRequest[] = []
  for await (const write of writes) {
    batch.push(
      'put' in write
        ? { PutRequest: { Item: write.put } }
        : { DeleteRequest: { Key: keyItem(write.delete) } },
    )
    if (batch.length === maxBatchItems) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Ends at the first failure, be it noted by others or one of the batches' source, noted here. */
async function* untilFailure(
  batches: AsyncIterable<WriteRequest[]>,
  failures: unknown[],
): AsyncGenerator<WriteRequest[]> {
  try {
    for await (const batch of batches) {
      if (failures.length > 0) return
      yield batch
    }
  } catch (failure) {
    failures.push(failure)
  }
}

/** Sends a batch until nothing of it is left, with full jitter between the attempts. */
async function writeBatch(
  options: BatchOptions,
  batch: WriteRequest[],
  watch: SendingWatch,
): Promise<void> {
  const { client, tableName, sleep, random } = options
  const doing = `Writing a batch to ${tableName}`
  let left = batch
  for (let attempt = 0; attempt < maxBatchAttempts; attempt++) {
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: left } })
    command.middlewareStack.add(telling(watch), eachSending)
    const answer = await asStorageTrouble(doing, () => client.send(command))
    left = answer.UnprocessedItems?.[tableName] ?? []
    if (left.length === 0) return
    await sleep(random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt))
  }
  throw new StorageTrouble(doing, new Error(`${left.length} items were still unprocessed`))
}
