import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import pMap from 'p-map'
import { asStorageTrouble, StorageTrouble } from './storage-trouble.ts'
import type { Condition, Item, ItemKey, SortKeyRange, Table, Write } from './table.ts'

export interface DynamoDbTableOptions {
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

/** A table of DynamoDB, or of whatever speaks its protocol. */
export function createDynamoDbTable(options: DynamoDbTableOptions): Table {
  const { client, tableName: TableName } = options
  return {
    async get(key) {
      const answer = await asStorageTrouble(`Reading ${TableName}`, () =>
        client.send(new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true })),
      )
      return answer.Item
    },

    async put(item, condition) {
      const written = await conditional(`Writing ${TableName}`, () =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: item,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...expressionOf(condition),
          }),
        ),
      )
      return written.met ? { written: true } : { written: false, current: written.current }
    },

    async delete(key, condition) {
      const deleted = await conditional(`Deleting from ${TableName}`, () =>
        client.send(
          new DeleteItemCommand({ TableName, Key: keyOf(key), ...expressionOf(condition) }),
        ),
      )
      return deleted.met
    },

    async writeAll(writes) {
      let written = 0
      const failures: unknown[] = []
      const writeOne = async (batch: WriteRequest[]) => {
        try {
          await writeBatch(options, batch)
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
    },

    async *query(pk, range = {}) {
      // DynamoDB refuses a range that ends before it begins.
      if (range.between !== undefined && compareUtf8(...range.between) > 0) return
      yield* pages(`Querying ${TableName}`, (ExclusiveStartKey) =>
        client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            ExclusiveStartKey,
            ScanIndexForward: !range.descending,
            ...keyConditionOf(pk, range),
          }),
        ),
      )
    },

    scan: (sortKeyPrefix) =>
      pages(`Scanning ${TableName}`, (ExclusiveStartKey) =>
        client.send(
          new ScanCommand({
            TableName,
            ExclusiveStartKey,
            ...(sortKeyPrefix !== undefined && {
              FilterExpression: 'begins_with(sk, :prefix)',
              ExpressionAttributeValues: { ':prefix': { S: sortKeyPrefix } },
            }),
          }),
        ),
      ),
  }
}

const compareUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const keyOf = ({ pk, sk }: ItemKey): Item => ({ pk: { S: pk }, sk: { S: sk } })

function expressionOf(condition: Condition | undefined) {
  if (condition === undefined) return {}
  const names: Record<string, string> = {}
  const values: Record<string, AttributeValue> = {}
  const alternatives = condition.map((alternative, at) => {
    if ('absent' in alternative) return 'attribute_not_exists(pk)'
    names[`#a${at}`] = alternative.attribute
    values[`:v${at}`] = alternative.value
    return `#a${at} ${alternative.is} :v${at}`
  })
  return {
    ConditionExpression: alternatives.join(' OR '),
    ...(Object.keys(names).length > 0 && {
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    }),
  }
}

function keyConditionOf(pk: string, { prefix, between }: SortKeyRange) {
  if (between !== undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ':from': { S: between[0] },
        ':to': { S: between[1] },
      },
    }
  }
  // Every text begins with the empty one, and DynamoDB refuses to be asked that.
  if (prefix) {
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
    }
  }
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }
}

type Conditional = { met: true } | { met: false; current: Item | undefined }

async function conditional(doing: string, request: () => Promise<unknown>): Promise<Conditional> {
  try {
    await request()
    return { met: true }
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return { met: false, current: cause.Item }
    throw new StorageTrouble(doing, cause)
  }
}

interface Page {
  readonly Items?: Item[] | undefined
  readonly LastEvaluatedKey?: Record<string, AttributeValue> | undefined
}

async function* pages(
  doing: string,
  request: (start: Record<string, AttributeValue> | undefined) => Promise<Page>,
): AsyncGenerator<Item> {
  let start: Record<string, AttributeValue> | undefined
  do {
    const page = await asStorageTrouble(doing, () => request(start))
    yield* page.Items ?? []
    start = page.LastEvaluatedKey
  } while (start !== undefined)
}

async function* inBatches(
  writes: AsyncIterable<Write> | Iterable<Write>,
): AsyncGenerator<WriteRequest[]> {
  let batch: WriteRequest[] = []
  for await (const write of writes) {
    batch.push(
      'put' in write
        ? { PutRequest: { Item: write.put } }
        : { DeleteRequest: { Key: keyOf(write.delete) } },
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
async function writeBatch(options: DynamoDbTableOptions, batch: WriteRequest[]): Promise<void> {
  const { client, tableName, sleep, random } = options
  const doing = `Writing a batch to ${tableName}`
  let left = batch
  for (let attempt = 0; attempt < maxBatchAttempts; attempt++) {
    const RequestItems = { [tableName]: left }
    const answer = await asStorageTrouble(doing, () =>
      client.send(new BatchWriteItemCommand({ RequestItems })),
    )
    left = answer.UnprocessedItems?.[tableName] ?? []
    if (left.length === 0) return
    await sleep(random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt))
  }
  throw new StorageTrouble(doing, new Error(`${left.length} items were still unprocessed`))
}
