import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failureObjectKey } from '../../emulator/event-source-mapping.ts'
import { prefixes } from '../../lib/contract/prefixes.ts'
import { Reject } from '../../lib/core/index.ts'
import { createFailedBatches } from '../../lib/records/failed-batches.ts'
import { createHistory } from '../../lib/records/history.ts'
import { createRejects } from '../../lib/records/rejects.ts'
import type { Objects } from '../../lib/store/objects.ts'
import { rightsOf, roleNames, trustOf } from './rights.ts'
import { synthesize } from './synthesize.ts'

const synthesized = synthesize()

const account = { Ref: 'AWS::AccountId' }

describe('the rights of the stack', () => {
  it('are held by four roles', () => {
    expect(roleNames(synthesized)).toEqual([
      'BackfillRole',
      'RollupBatchRollupRole',
      'RollupScheduleRole',
      'StreamStreamAggregateRole',
    ])
  })

  it('of stream-aggregate are to read the stream, and to write history, minutes and ledger', () => {
    expect(rightsOf(synthesized, 'StreamStreamAggregateRole')).toEqual([
      'dynamodb:BatchWriteItem <StorageLedger>',
      'dynamodb:GetItem <StorageLedger>',
      'dynamodb:GetItem <StorageMinutes>',
      'dynamodb:PutItem <StorageLedger>',
      'dynamodb:PutItem <StorageMinutes>',
      'kinesis:DescribeStream <Stream>',
      'kinesis:DescribeStreamSummary <Stream>',
      'kinesis:GetRecords <Stream>',
      'kinesis:GetShardIterator <Stream>',
      'kinesis:ListShards <Stream>',
      'logs:CreateLogStream <StreamStreamAggregateLog>',
      'logs:PutLogEvents <StreamStreamAggregateLog>',
      's3:ListBucket <StorageBucket>',
      's3:PutObject <StorageBucket>/aws/lambda/*',
      's3:PutObject <StorageBucket>/history/*',
      's3:PutObject <StorageBucket>/rejected/*',
    ])
  })

  it('of batch-rollup are to read history and minutes, and to write parts, rollups and ledger', () => {
    expect(rightsOf(synthesized, 'RollupBatchRollupRole')).toEqual([
      'dynamodb:BatchWriteItem <StorageLedger>',
      'dynamodb:BatchWriteItem <StorageMinutes>',
      'dynamodb:BatchWriteItem <StorageRollups>',
      'dynamodb:DeleteItem <StorageLedger>',
      'dynamodb:GetItem <StorageLedger>',
      'dynamodb:PutItem <StorageLedger>',
      'dynamodb:PutItem <StorageRollups>',
      'dynamodb:Query <StorageLedger>',
      'dynamodb:Query <StorageMinutes>',
      'logs:CreateLogStream <RollupBatchRollupLog>',
      'logs:PutLogEvents <RollupBatchRollupLog>',
      's3:AbortMultipartUpload <StorageBucket>/backfill/*',
      's3:AbortMultipartUpload <StorageBucket>/parts/*',
      's3:DeleteObject <StorageBucket>/parts/*',
      's3:GetObject <StorageBucket>/aws/lambda/*',
      's3:GetObject <StorageBucket>/history/*',
      's3:GetObject <StorageBucket>/parts/*',
      's3:GetObject <StorageBucket>/rejected/*',
      's3:ListBucket <StorageBucket>',
      's3:PutObject <StorageBucket>/backfill/*',
      's3:PutObject <StorageBucket>/parts/*',
    ])
  })

  it('of the schedules are to start batch-rollup, or to say that it could not', () => {
    expect(rightsOf(synthesized, 'RollupScheduleRole')).toEqual([
      'lambda:InvokeFunction <RollupBatchRollupFunction>',
      'sqs:SendMessage <RollupDeadLetters>',
    ])
  })

  it('of the backfill are to run its units and keep their results', () => {
    const executions =
      'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<BackfillStateMachine.Name>'
    expect(rightsOf(synthesized, 'BackfillRole')).toEqual([
      'lambda:InvokeFunction <RollupBatchRollupFunction>',
      'logs:CreateLogDelivery *',
      'logs:DeleteLogDelivery *',
      'logs:DescribeLogGroups *',
      'logs:DescribeResourcePolicies *',
      'logs:GetLogDelivery *',
      'logs:ListLogDeliveries *',
      'logs:PutResourcePolicy *',
      'logs:UpdateLogDelivery *',
      's3:AbortMultipartUpload <StorageBucket>/backfill/*',
      's3:GetObject <StorageBucket>/backfill/*',
      's3:ListMultipartUploadParts <StorageBucket>/backfill/*',
      's3:PutObject <StorageBucket>/backfill/*',
      `states:DescribeExecution ${executions}/*`,
      `states:DescribeExecution ${executions}:*`,
      `states:RedriveExecution ${executions}/*`,
      `states:RedriveExecution ${executions}:*`,
      'states:StartExecution <BackfillStateMachine>',
      `states:StopExecution ${executions}/*`,
      `states:StopExecution ${executions}:*`,
    ])
  })

  it.each([
    ['StreamStreamAggregateRole', 'lambda.amazonaws.com', undefined],
    ['RollupBatchRollupRole', 'lambda.amazonaws.com', undefined],
    ['BackfillRole', 'states.amazonaws.com', { 'aws:SourceAccount': account }],
    [
      'RollupScheduleRole',
      'scheduler.amazonaws.com',
      {
        'aws:SourceAccount': account,
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':scheduler:',
              { Ref: 'AWS::Region' },
              ':',
              account,
              ':schedule-group/default',
            ],
          ],
        },
      },
    ],
  ])('%s can be taken on by %s alone', (role, Service, equal) => {
    expect(trustOf(synthesized, role)).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service },
        ...(equal && { Condition: { StringEquals: equal } }),
      },
    ])
  })
})

describe('the rights of the functions', () => {
  const storesFolder = resolve(import.meta.dirname, '../../lib/store')

  /** Requests whose right has another name. */
  const rightOf = new Map([
    ['ListObjectsV2', 'ListBucket'],
    ['DeleteObjects', 'DeleteObject'],
    ['CreateMultipartUpload', 'PutObject'],
    ['UploadPart', 'PutObject'],
    ['CompleteMultipartUpload', 'PutObject'],
  ])
  /** Only the command line reads whole tables, with the rights of whoever uses it. */
  const notOfFunctions = new Set(['Scan'])

  it('are those of the requests that the stores make', () => {
    const source = readdirSync(storesFolder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(resolve(storesFolder, name), 'utf8'))
      .join('\n')
    const requests = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name)
    const needed = requests
      .filter((request) => !notOfFunctions.has(request))
      .map((request) => rightOf.get(request) ?? request)
    const granted = ['StreamStreamAggregateRole', 'RollupBatchRollupRole']
      .flatMap((role) => rightsOf(synthesized, role))
      .map((right) => /^(?:dynamodb|s3):(\w+) /.exec(right)?.[1])
      .filter((action) => action !== undefined)
    expect([...new Set(needed)].sort()).toEqual([...new Set(granted)].sort())
  })

  it('are for the prefixes that the stores write and read below', async () => {
    const keys: string[] = []
    const listed: string[] = []
    const objects: Pick<Objects, 'put' | 'list'> = {
      async put(key) {
        keys.push(key)
      },
      list(prefix) {
        listed.push(prefix)
        return ReadableStream.from([])
      },
    }
    const cut = { lane: 'shard', firstSequenceNumber: '1', lastSequenceNumber: '2' }
    const data = Buffer.from('{}')
    await createHistory(objects as Objects).append(cut, 0, [data])
    await createRejects(objects as Objects).append(cut, [
      { sequenceNumber: '1', subSequenceNumber: 0, arrivedMs: 0, reject: aReject, data },
    ])
    expect(keys[0]?.startsWith(prefixes.history)).toBe(true)
    expect(keys[1]?.startsWith(prefixes.rejected)).toBe(true)
    expect(failureObjectKey('mapping', aFailure).startsWith(prefixes.failedBatches)).toBe(true)
    await Array.fromAsync(createFailedBatches(objects as Objects).list())
    expect(listed).toEqual([prefixes.failedBatches])
  })
})

const aReject = new Reject('not-json', undefined, 'no JSON')

const aFailure = {
  requestContext: {
    requestId: 'request',
    functionArn: 'function',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 1,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST' },
  version: '1.0',
  timestamp: '2026-11-22T10:00:00.000Z',
  KinesisBatchInfo: {
    shardId: 'shardId-000000000000',
    startSequenceNumber: '1',
    endSequenceNumber: '2',
    approximateArrivalOfFirstRecord: '2026-11-22T10:00:00.000Z',
    approximateArrivalOfLastRecord: '2026-11-22T10:00:00.000Z',
    batchSize: 2,
    streamArn: 'stream',
  },
  payload: '{}',
} as const
