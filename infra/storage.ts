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
import { prefixes } from '../lib/contract/prefixes.ts'
import { type TableName, tableDefinitions } from '../lib/contract/table-definitions.ts'
import type { Settings } from './settings.ts'

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
    this.minutes = this.#table('Minutes', 'minutes', props)
    this.rollups = this.#table('Rollups', 'rollups', props)
    this.ledger = this.#table('Ledger', 'ledger', props)
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

  #table(id: string, name: TableName, { settings, removalPolicy }: StorageProps): Table {
    const { partitionKey, sortKey, ...definition } = tableDefinitions[name]
    return new Table(this, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // What a mistake may cost: without it, a table on demand takes as many writes as are sent.
      maxWriteRequestUnits: settings.maxWritesPerSecond,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: settings.data === 'keep',
      removalPolicy,
      ...('expiresAt' in definition && { timeToLiveAttribute: definition.expiresAt }),
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
