import { ArnFormat, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import {
  rollupSettings,
  rollupVariables,
  valuesOfSettings,
  variablesOf,
} from '../lib/contract/environment.ts'
import { prefixes } from '../lib/contract/prefixes.ts'
import { acknowledgePrefixes } from './acknowledge.ts'
import { allow, NodeFunction } from './node-function.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

export interface RollupProps {
  readonly settings: Settings
  readonly removalPolicy: RemovalPolicy
  readonly storage: Storage
  readonly codeFolder: string
  readonly environment: Readonly<Record<string, string>>
}

/** One scheduled run, one verify, and one that overlaps these or that a person starts. */
const scheduledConcurrency = 3

export const verifyEvery = Duration.days(1)

/** batch-rollup and the schedules that run it. */
export class Rollup extends Construct {
  readonly function: LambdaFunction
  readonly logGroup: LogGroup
  /** Invocations that the scheduler could not deliver. */
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, props: RollupProps) {
    super(scope, id)
    const every = Duration.minutes(props.settings.scheduleMinutes)
    const { function: aggregate, logGroup } = this.#function(props)
    this.function = aggregate
    this.logGroup = logGroup
    // A run that failed is not repeated: the next one finds the same units still marked.
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: every })
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'The queue is a dead-letter queue itself, of a schedule instead of another queue.',
    })
    this.#schedules(every, props.settings.verifyHours)
  }

  #function({ settings, removalPolicy, storage, codeFolder, environment }: RollupProps) {
    const { bucket } = storage
    const created = new NodeFunction(this, 'BatchRollup', {
      name: 'batch-rollup',
      purpose: 'minutes and history into days, weeks and months',
      codeFolder,
      environment: {
        ...variablesOf(rollupVariables, valuesOfSettings(rollupSettings, settings)),
        ...environment,
      },
      memoryMb: settings.rollupMemoryMb,
      timeout: Duration.minutes(15),
      // The lease lets one scheduled run work at a time; a backfill's workers come on top.
      reservedConcurrency: settings.backfillConcurrency + scheduledConcurrency,
      logRetentionDays: settings.logRetentionDays,
      removalPolicy,
      rights: rightsOn(storage),
    })
    acknowledgePrefixes(
      created,
      bucket,
      [
        prefixes.failedBatches,
        prefixes.history,
        prefixes.rejected,
        prefixes.parts,
        prefixes.backfill,
      ],
      'The names of objects hold hours, periods and tokens, which are not known beforehand.',
    )
    return created
  }

  #schedules(every: Duration, verifyHours: number): void {
    // Fixed, since the target would also grant invoking every version of the function.
    const role = this.#scheduleRole().withoutPolicyUpdates()
    const schedule = (id: string, description: string, rate: Duration, request: object) =>
      new Schedule(this, id, {
        description,
        schedule: ScheduleExpression.rate(rate),
        target: new LambdaInvoke(this.function, {
          input: ScheduleTargetInput.fromObject(request),
          retryAttempts: 3,
          maxEventAge: every,
          deadLetterQueue: this.deadLetters,
          role,
        }),
      })
    schedule('Schedule', 'Rolls up what changed', every, {})
    if (verifyHours > 0) {
      const request = { verify: { hours: verifyHours } }
      schedule('VerifySchedule', 'Compares minute rows with history', verifyEvery, request)
    }
  }

  #scheduleRole(): Role {
    const stack = Stack.of(this)
    const groupArn = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    })
    return new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn },
        },
      }),
      description: 'What the schedules of the rollup may do',
      inlinePolicies: {
        rights: new PolicyDocument({
          statements: [
            allow(['lambda:InvokeFunction'], [this.function.functionArn]),
            allow(['sqs:SendMessage'], [this.deadLetters.queueArn]),
          ],
        }),
      },
    })
  }
}

/** What batch-rollup may do. */
function rightsOn({ minutes, rollups, ledger, bucket }: Storage): PolicyStatement[] {
  const below = (prefix: string) => bucket.arnForObjects(`${prefix}*`)
  return [
    allow(['dynamodb:BatchWriteItem', 'dynamodb:Query'], [minutes.tableArn]),
    allow(['dynamodb:BatchWriteItem', 'dynamodb:PutItem'], [rollups.tableArn]),
    allow(
      [
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
      ],
      [ledger.tableArn],
    ),
    allow(
      ['s3:GetObject'],
      [below(prefixes.failedBatches), below(prefixes.history), below(prefixes.rejected)],
    ),
    allow(
      ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      [below(prefixes.parts)],
    ),
    allow(['s3:AbortMultipartUpload', 's3:PutObject'], [below(prefixes.backfill)]),
    // Without a condition on the prefix: with one, S3 answers 403 in place of 404 where a part
    // was never written, and the function could not tell that from a missing right.
    allow(['s3:ListBucket'], [bucket.bucketArn]),
  ]
}
