import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  type LifecycleRule,
  StorageClass,
} from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Settings } from './settings.ts'

/** The folders of the bucket, and who writes there. */
export const prefixes = {
  /** stream-aggregate: every event, by the hour of its event time. */
  history: 'history/',
  /** stream-aggregate: records that it refused, with the reason. Verify reads them. */
  rejected: 'rejected/',
  /** Lambda itself: batches that it gave up on. Lambda chooses the name; verify reads them. */
  failedBatches: 'aws/lambda/',
  /** Whoever runs `twofold redrive`: what was put back, as it was found. Nothing reads it. */
  redriven: 'redriven/',
  /** batch-rollup: sorted totals of hours and periods. */
  parts: 'parts/',
  /** batch-rollup and Step Functions: the units of a backfill and what came of them. */
  backfill: 'backfill/',
} as const

export interface StorageProps {
  readonly settings: Settings
  readonly removalPolicy: RemovalPolicy
}

/** The tables and the bucket: all data of the pipeline but what is still in the stream. */
export class Storage extends Construct {
  readonly minutes: Table
  readonly rollups: Table
  readonly ledger: Table
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id)
    this.minutes = this.#table('Minutes', props, { timeToLiveAttribute: 'expiresAt' })
    this.rollups = this.#table('Rollups', props)
    this.ledger = this.#table('Ledger', props)
    const accessLogs = this.#bucket('AccessLogs', props, {
      lifecycleRules: [{ id: 'expire-access-logs', expiration: Duration.days(365) }],
    })
    this.bucket = this.#bucket('Bucket', props, {
      versioned: true,
      lifecycleRules,
      // The library's own types do not agree under exactOptionalPropertyTypes.
      serverAccessLogsBucket: accessLogs as IBucket,
    })
  }

  #table(
    id: string,
    { settings, removalPolicy }: StorageProps,
    own: { readonly timeToLiveAttribute?: string } = {},
  ): Table {
    return new Table(this, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // What a mistake may cost: without it, a table on demand takes as many writes as are sent.
      maxWriteRequestUnits: settings.maxWritesPerSecond,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.data === 'keep',
      removalPolicy,
      ...own,
    })
  }

  #bucket(
    id: string,
    { removalPolicy }: StorageProps,
    own: Pick<BucketProps, 'lifecycleRules' | 'versioned' | 'serverAccessLogsBucket'>,
  ): Bucket {
    return new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
      // CloudFormation removes no bucket that holds something.
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
      ...own,
    })
  }
}

const lifecycleRules: LifecycleRule[] = [
  {
    id: 'abort-unfinished-uploads',
    abortIncompleteMultipartUploadAfter: Duration.days(1),
  },
  {
    id: 'expire-old-versions',
    noncurrentVersionExpiration: Duration.days(30),
    expiredObjectDeleteMarker: true,
  },
  {
    // A part is replaced whenever its hour or period changes, and can be made anew from history.
    id: 'expire-replaced-parts',
    prefix: prefixes.parts,
    noncurrentVersionExpiration: Duration.days(1),
  },
  {
    // History is seldom read, and then all of it at once, so a class with no price per read fits.
    id: 'history-to-cheaper-classes',
    prefix: prefixes.history,
    transitions: [
      { storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(1) },
    ],
  },
]
