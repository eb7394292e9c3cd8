import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException as TableInUse,
  ResourceNotFoundException as TableNotFound,
} from '@aws-sdk/client-dynamodb'
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ResourceInUseException as StreamInUse,
  ResourceNotFoundException as StreamNotFound,
} from '@aws-sdk/client-kinesis'
import { CreateBucketCommand, HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3'

export type TableDefinition = {
  readonly name: string
  /** The names of the key attributes, both strings. */
  readonly partitionKey: 'pk'
  readonly sortKey: 'sk'
}

const pollMs = 20
const readyWaitMs = 10_000

/** An embedded stream is made in no time; one that is still being made then was cut short. */
const stuckStreamMs = 2_000

/** Makes the tables that are missing, and waits until all can be used. */
export async function provisionTables(
  dynamodb: DynamoDBClient,
  tables: readonly TableDefinition[],
): Promise<void> {
  await Promise.all(
    tables.map(async (table) => {
      if ((await tableStatus(dynamodb, table.name)) === undefined)
        await createTable(dynamodb, table)
      await until(`table ${table.name}`, async () => {
        return (await tableStatus(dynamodb, table.name)) === 'ACTIVE'
      })
    }),
  )
}

async function tableStatus(dynamodb: DynamoDBClient, name: string): Promise<string | undefined> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }))
    return Table?.TableStatus
  } catch (error) {
    if (error instanceof TableNotFound) return undefined
    throw error
  }
}

async function createTable(dynamodb: DynamoDBClient, table: TableDefinition): Promise<void> {
  const command = new CreateTableCommand({
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: table.partitionKey, AttributeType: 'S' },
      { AttributeName: table.sortKey, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: table.partitionKey, KeyType: 'HASH' },
      { AttributeName: table.sortKey, KeyType: 'RANGE' },
    ],
  })
  await ignoring(TableInUse, dynamodb.send(command))
}

/** Makes the stream if it is missing, and waits until it can be used. A present one stays as it is. */
export async function provisionStream(
  kinesis: KinesisClient,
  stream: { readonly name: string; readonly shardCount: number },
): Promise<void> {
  const StreamName = stream.name
  const startedAt = performance.now()
  await until(`stream ${stream.name}`, async () => {
    const status = await streamStatus(kinesis, stream.name)
    if (status === undefined) {
      const command = new CreateStreamCommand({ StreamName, ShardCount: stream.shardCount })
      await ignoring(StreamInUse, kinesis.send(command))
    }
    // A process killed while it made the stream leaves one without shards, and so without records.
    if (status === 'CREATING' && performance.now() - startedAt > stuckStreamMs) {
      await ignoring(StreamNotFound, kinesis.send(new DeleteStreamCommand({ StreamName })))
    }
    return status === 'ACTIVE' || status === 'UPDATING'
  })
}

async function streamStatus(kinesis: KinesisClient, name: string): Promise<string | undefined> {
  try {
    const command = new DescribeStreamSummaryCommand({ StreamName: name })
    const { StreamDescriptionSummary } = await kinesis.send(command)
    return StreamDescriptionSummary?.StreamStatus
  } catch (error) {
    if (error instanceof StreamNotFound) return undefined
    throw error
  }
}

/** Makes the bucket if it is missing. */
export async function provisionBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }))
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== 404) {
      throw error
    }
    await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  }
}

async function ignoring(
  kind: abstract new (...args: never[]) => Error,
  call: Promise<unknown>,
): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof kind)) throw error
  }
}

async function until(what: string, ready: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + readyWaitMs
  while (!(await ready())) {
    if (performance.now() > deadline)
      throw new Error(`${what} is not ready after ${readyWaitMs} ms`)
    await sleep(pollMs)
  }
}
