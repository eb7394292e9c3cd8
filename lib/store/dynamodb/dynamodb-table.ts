import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { keyItem, textAttribute } from '../attribute.ts'
import { asStorageTrouble, StorageTrouble } from '../storage-trouble.ts'
import type { Item, SortKeyRange, Table } from '../table.ts'
import { type BatchOptions, writeInBatches } from './dynamodb-batches.ts'
import { expressionOf, keyConditionOf } from './dynamodb-expressions.ts'
import { eachSending, telling, writeWatched } from './watched-sending.ts'

/** What batches are written with is all that a table needs. */
export type DynamoDbTableOptions = BatchOptions

/** A table of DynamoDB, or of whatever speaks its protocol. */
export function createDynamoDbTable(options: DynamoDbTableOptions): Table {
  const { client, tableName: TableName } = options
  return {
    async get(key) {
      const answer = await asStorageTrouble(`Reading ${TableName}`, () =>
        client.send(new GetItemCommand({ TableName, Key: keyItem(key), ConsistentRead: true })),
      )
      return answer.Item && ours(answer.Item)
    },

    async put(item, condition, watch) {
      const command = new PutItemCommand({
        TableName,
        Item: item,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ...expressionOf(condition),
      })
      const written = await writeWatched(watch, (watched) => {
        command.middlewareStack.add(telling(watched), eachSending)
        return conditional(`Writing ${TableName}`, () => client.send(command))
      })
      return written.met ? { written: true } : { written: false, current: written.current }
    },

    async delete(key, condition) {
      const deleted = await conditional(`Deleting from ${TableName}`, () =>
        client.send(
          new DeleteItemCommand({ TableName, Key: keyItem(key), ...expressionOf(condition) }),
        ),
      )
      return deleted.met
    },

    writeAll: (writes, watch) => writeInBatches(options, writes, watch),

    query: (pk, range = {}) => query(options, pk, range),

    scan: (sortKeyPrefix) => scan(options, sortKeyPrefix),
  }
}

async function* query(
  { client, tableName: TableName }: DynamoDbTableOptions,
  pk: string,
  range: SortKeyRange,
): AsyncGenerator<Item> {
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
}

function scan(
  { client, tableName: TableName }: DynamoDbTableOptions,
  sortKeyPrefix: string | undefined,
): AsyncGenerator<Item> {
  return pages(`Scanning ${TableName}`, (ExclusiveStartKey) =>
    client.send(
      new ScanCommand({
        TableName,
        ExclusiveStartKey,
        ...(sortKeyPrefix !== undefined && {
          FilterExpression: 'begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':prefix': textAttribute(sortKeyPrefix) },
        }),
      }),
    ),
  )
}

/** No store of ours writes an attribute of another type, and whoever reads one refuses it. */
const ours = (item: Record<string, AttributeValue>) => item as Item

const compareUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

type Conditional = { met: true } | { met: false; current: Item | undefined }

async function conditional(doing: string, request: () => Promise<unknown>): Promise<Conditional> {
  try {
    await request()
    return { met: true }
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException)
      return { met: false, current: cause.Item && ours(cause.Item) }
    throw new StorageTrouble(doing, cause)
  }
}

interface Page {
  readonly Items?: Record<string, AttributeValue>[] | undefined
  readonly LastEvaluatedKey?: Record<string, AttributeValue> | undefined
}

async function* pages(
  doing: string,
  request: (start: Record<string, AttributeValue> | undefined) => Promise<Page>,
): AsyncGenerator<Item> {
  let start: Record<string, AttributeValue> | undefined
  do {
    const page = await asStorageTrouble(doing, () => request(start))
    for (const item of page.Items ?? []) yield ours(item)
    start = page.LastEvaluatedKey
  } while (start !== undefined)
}
