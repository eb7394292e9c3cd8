import { describe, expect, it } from 'vitest'
import { tableDefinitions } from '../../lib/contract/table-definitions.ts'
import { parseRequest } from '../../lib/rollup/request.ts'
import { readable } from './readable-template.ts'
import { resourceNamed, resourcesOf, synthesize } from './synthesize.ts'

const synthesized = synthesize()
const schedule = (prefix: string, of = synthesized) =>
  resourceNamed(of, 'AWS::Scheduler::Schedule', prefix)
const one = (type: string, prefix?: string) => resourceNamed(synthesized, type, prefix)

describe.each([
  ['StorageMinutes', tableDefinitions.minutes],
  ['StorageRollups', tableDefinitions.rollups],
  ['StorageLedger', tableDefinitions.ledger],
])('the table %s', (name, definition) => {
  const table = one('AWS::DynamoDB::Table', name)

  it('has the keys that the stores use', () => {
    expect(table.KeySchema).toEqual([
      { AttributeName: definition.partitionKey, KeyType: 'HASH' },
      { AttributeName: definition.sortKey, KeyType: 'RANGE' },
    ])
    expect(table.AttributeDefinitions).toEqual([
      { AttributeName: definition.partitionKey, AttributeType: 'S' },
      { AttributeName: definition.sortKey, AttributeType: 'S' },
    ])
  })

  it('lets rows expire where the stores say when', () => {
    const expected =
      'expiresAt' in definition ? { AttributeName: definition.expiresAt, Enabled: true } : undefined
    expect(table.TimeToLiveSpecification).toEqual(expected)
  })

  it('is paid by request, up to a limit of writes', () => {
    expect(table.BillingMode).toBe('PAY_PER_REQUEST')
    expect(table.OnDemandThroughput).toEqual({ MaxWriteRequestUnits: 2_000 })
  })

  it('is encrypted, backed up, and not deleted by mistake', () => {
    expect(table.SSESpecification).toEqual({ SSEEnabled: true })
    expect(table.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true })
    expect(table.DeletionProtectionEnabled).toBe(true)
  })
})

describe.each(['StorageBucket', 'StorageAccessLogs'])('the bucket %s', (name) => {
  it('is encrypted and closed to the public', () => {
    const bucket = one('AWS::S3::Bucket', name)
    expect(bucket.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ],
    })
    expect(bucket.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
  })

  it('is reached by TLS 1.2 or newer only', () => {
    const { PolicyDocument } = one('AWS::S3::BucketPolicy', `${name}Policy`) as {
      PolicyDocument: { Statement: Record<string, unknown>[] }
    }
    const denied = PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Deny')
    const everyone = { Principal: { AWS: '*' }, Action: 's3:*', Effect: 'Deny' }
    expect(denied).toMatchObject([
      { ...everyone, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...everyone, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
    ])
    for (const { Resource } of denied) {
      expect((Resource as unknown[]).map(readable)).toEqual([`<${name}>`, `<${name}>/*`])
    }
  })
})

describe('the bucket', () => {
  const bucket = one('AWS::S3::Bucket', 'StorageBucket')

  it('keeps old versions for a while, and who asked for what', () => {
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' })
    expect(bucket.LoggingConfiguration).toEqual({
      DestinationBucketName: { Ref: expect.stringMatching(/^StorageAccessLogs/) },
    })
  })

  it('lets nothing pile up but history, which moves to cheaper classes', () => {
    expect(bucket.LifecycleConfiguration).toEqual({
      Rules: [
        {
          Id: 'abort-unfinished-uploads',
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
        {
          Id: 'expire-old-versions',
          Status: 'Enabled',
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          ExpiredObjectDeleteMarker: true,
        },
        {
          Id: 'expire-replaced-parts',
          Status: 'Enabled',
          Prefix: 'parts/',
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          Id: 'history-to-cheaper-classes',
          Status: 'Enabled',
          Prefix: 'history/',
          Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 1 }],
        },
      ],
    })
  })
})

describe('the stream', () => {
  it('is encrypted by KMS and remembers a week', () => {
    expect(one('AWS::Kinesis::Stream')).toEqual({
      RetentionPeriodHours: 168,
      ShardCount: 2,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
    })
  })

  it('grows by itself where that is asked for', () => {
    const stream = resourceNamed(synthesize({ shards: 'on-demand' }), 'AWS::Kinesis::Stream')
    expect(stream.StreamModeDetails).toEqual({ StreamMode: 'ON_DEMAND' })
    expect(stream.ShardCount).toBeUndefined()
  })

  it('is read one batch at a time per shard, with bounded retries, and loses nothing', () => {
    expect(one('AWS::Lambda::EventSourceMapping')).toEqual({
      EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^Stream[0-9A-F]{8}$/), 'Arn'] },
      FunctionName: { Ref: expect.stringMatching(/^StreamStreamAggregateFunction/) },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 5_000,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 50,
      MaximumRecordAgeInSeconds: 6.5 * 86_400,
      DestinationConfig: {
        OnFailure: {
          Destination: { 'Fn::GetAtt': [expect.stringMatching(/^StorageBucket/), 'Arn'] },
        },
      },
      MetricsConfig: { Metrics: ['EventCount'] },
    })
  })

  it.each([
    [1, 0.5],
    [7, 6.5],
    [30, 7],
  ])('that remembers %d days gives records up after %d', (streamRetentionDays, days) => {
    const other = synthesize({ streamRetentionDays, minuteRetentionDays: 35 })
    const mapping = resourceNamed(other, 'AWS::Lambda::EventSourceMapping')
    expect(mapping.MaximumRecordAgeInSeconds).toBe(days * 86_400)
  })
})

describe.each([
  ['StreamStreamAggregate', { memory: 1_024, timeout: 120, concurrency: 4 }],
  ['RollupBatchRollup', { memory: 1_769, timeout: 900, concurrency: 23 }],
])('the function %s', (name, { memory, timeout, concurrency }) => {
  const lambda = one('AWS::Lambda::Function', name)

  it('runs on Node 24 on arm64, within its limits', () => {
    expect(lambda).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: timeout,
      ReservedConcurrentExecutions: concurrency,
    })
  })

  it('writes its log as JSON, which is kept for 90 days', () => {
    const log = expect.stringMatching(new RegExp(`^${name}Log`))
    expect(lambda.LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: { Ref: log } })
    expect(one('AWS::Logs::LogGroup', `${name}Log`)).toEqual({ RetentionInDays: 90 })
  })

  it('is told where it is and what to do', () => {
    const { Variables } = lambda.Environment as { Variables: Record<string, unknown> }
    expect(Variables).toMatchObject({
      NODE_OPTIONS: '--enable-source-maps',
      STACK_NAME: 'twofold-dev',
      TIME_ZONE: 'UTC',
      KEY_RANGES: '1',
      MINUTE_RETENTION_DAYS: '35',
    })
    expect(readable(Variables.MINUTES_TABLE)).toBe('<StorageMinutes>')
    expect(readable(Variables.ROLLUPS_TABLE)).toBe('<StorageRollups>')
    expect(readable(Variables.LEDGER_TABLE)).toBe('<StorageLedger>')
    expect(readable(Variables.BUCKET)).toBe('<StorageBucket>')
  })
})

describe('the rollup', () => {
  it('is told how long an hour stays open, and how often open periods are written', () => {
    const rollup = resourceNamed(
      synthesize({ hourGraceMinutes: 2, openPeriodMinutes: 30 }),
      'AWS::Lambda::Function',
      'RollupBatchRollup',
    )
    expect(rollup.Environment).toMatchObject({
      Variables: { HOUR_GRACE_MS: '120000', OPEN_PERIOD_EVERY_MS: '1800000' },
    })
  })

  it('is started by a schedule, with a few retries and a queue for what fails', () => {
    expect(schedule('RollupSchedule')).toMatchObject({
      ScheduleExpression: 'rate(15 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/^RollupBatchRollupFunction/), 'Arn'] },
        DeadLetterConfig: {
          Arn: { 'Fn::GetAtt': [expect.stringMatching(/^RollupDeadLetters/), 'Arn'] },
        },
        Input: '{}',
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 3 },
        RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^RollupScheduleRole/), 'Arn'] },
      },
    })
  })

  it('verifies once a day, started in the same way, unless told not to', () => {
    const { Target, ...verify } = schedule('RollupVerifySchedule')
    const rollup = schedule('RollupSchedule')
    expect(verify).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED' })
    const Input = '{"verify":{"hours":48}}'
    expect(Target).toEqual({ ...(rollup.Target as object), Input })
    expect(parseRequest(JSON.parse(Input))).toEqual({ kind: 'verify', hours: 48 })

    const week = schedule('RollupVerifySchedule', synthesize({ verifyHours: 168 }))
    expect(week.Target).toMatchObject({ Input: '{"verify":{"hours":168}}' })
    const without = resourcesOf(synthesize({ verifyHours: 0 }), 'AWS::Scheduler::Schedule')
    expect(without).toHaveLength(1)
  })

  it('is not repeated by Lambda: the next scheduled run does what is left', () => {
    expect(one('AWS::Lambda::EventInvokeConfig')).toMatchObject({
      FunctionName: { Ref: expect.stringMatching(/^RollupBatchRollupFunction/) },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 900,
    })
  })

  it('has an encrypted queue that is reached by TLS only', () => {
    expect(one('AWS::SQS::Queue')).toEqual({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    })
    expect(one('AWS::SQS::QueuePolicy').PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    })
  })
})

describe('data', () => {
  const dataTypes = new Set([
    'AWS::DynamoDB::Table',
    'AWS::Kinesis::Stream',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
  ])
  const policies = (context: Record<string, unknown>) =>
    Object.values(synthesize(context).resources)
      .filter(({ Type }) => dataTypes.has(Type))
      .map(({ DeletionPolicy }) => DeletionPolicy)

  it('outlives the stack', () => {
    expect(policies({})).toEqual(Array.from({ length: 9 }, () => 'Retain'))
  })

  it('goes with the stack where that is asked for', () => {
    expect(policies({ data: 'remove' })).toEqual(Array.from({ length: 9 }, () => 'Delete'))
    const removed = synthesize({ data: 'remove' })
    for (const [, { Properties }] of resourcesOf(removed, 'AWS::DynamoDB::Table')) {
      expect(Properties.DeletionProtectionEnabled).toBe(false)
    }
    expect(resourcesOf(removed, 'Custom::S3AutoDeleteObjects')).toHaveLength(2)
  })
})
