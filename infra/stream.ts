import { Duration, type RemovalPolicy } from 'aws-cdk-lib'
import { Stream as KinesisStream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis'
import {
  EventSourceMapping,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { prefixes } from '../lib/contract/prefixes.ts'
import { acknowledgePrefixes } from './acknowledge.ts'
import { allow, NodeFunction } from './node-function.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

export interface StreamProps {
  readonly settings: Settings
  readonly removalPolicy: RemovalPolicy
  readonly storage: Storage
  readonly codeFolder: string
  readonly environment: Readonly<Record<string, string>>
}

/** SDK retries of a few seconds come on top, and Lambda backs off between invocations. */
const maxRetries = 50
/** Lambda takes no more. */
const maxRecordAgeHours = 7 * 24
/** A batch is given up this long before the stream forgets it, so that it is kept in the bucket. */
const forgetMarginHours = 12

/** Events on their way in: the stream, stream-aggregate, and the mapping between the two. */
export class Stream extends Construct {
  readonly stream: KinesisStream
  readonly function: LambdaFunction
  readonly logGroup: LogGroup
  readonly mapping: EventSourceMapping

  constructor(scope: Construct, id: string, props: StreamProps) {
    super(scope, id)
    const { settings, removalPolicy, storage } = props
    const { bucket } = storage
    this.stream = new KinesisStream(this, 'Stream', {
      ...(settings.shards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: settings.shards }),
      retentionPeriod: Duration.days(settings.streamRetentionDays),
      encryption: StreamEncryption.MANAGED,
      removalPolicy,
    })
    const { function: aggregate, logGroup } = this.#function(props)
    this.function = aggregate
    this.logGroup = logGroup
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function,
      eventSourceArn: this.stream.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: settings.batchSize,
      maxBatchingWindow: Duration.seconds(settings.batchWindowSeconds),
      // A minute row has one writer per shard, which its condition relies on.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: maxRetries,
      maxRecordAge: Duration.hours(
        Math.min(maxRecordAgeHours, settings.streamRetentionDays * 24 - forgetMarginHours),
      ),
      // The ready-made destination would also grant reading and deleting all of the bucket.
      onFailure: { bind: () => ({ destination: bucket.bucketArn }) },
      supportS3OnFailureDestination: true,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
  }

  #function({ settings, removalPolicy, storage, codeFolder, environment }: StreamProps) {
    const { minutes, ledger, bucket } = storage
    const written = [prefixes.history, prefixes.rejected, prefixes.failedBatches].map((prefix) =>
      bucket.arnForObjects(`${prefix}*`),
    )
    const created = new NodeFunction(this, 'StreamAggregate', {
      name: 'stream-aggregate',
      purpose: 'events into history and minute rows',
      codeFolder,
      environment,
      memoryMb: settings.streamMemoryMb,
      timeout: Duration.minutes(2),
      // Enough for every shard, and no more, so that a burst leaves room for the rollup.
      reservedConcurrency: settings.streamConcurrency,
      logRetentionDays: settings.logRetentionDays,
      removalPolicy,
      rights: [
        allow(
          [
            'kinesis:DescribeStream',
            'kinesis:DescribeStreamSummary',
            'kinesis:GetRecords',
            'kinesis:GetShardIterator',
            'kinesis:ListShards',
          ],
          [this.stream.streamArn],
        ),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [minutes.tableArn]),
        allow(
          ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
          [ledger.tableArn],
        ),
        allow(['s3:PutObject'], written),
        // Lambda looks at the bucket before it takes it as the place for failed batches.
        allow(['s3:ListBucket'], [bucket.bucketArn]),
      ],
    })
    acknowledgePrefixes(
      created,
      bucket,
      [prefixes.history, prefixes.rejected, prefixes.failedBatches],
      'The names of objects hold hours and sequence numbers, which are not known beforehand.',
    )
    return created
  }
}
