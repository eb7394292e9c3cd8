import { ArnFormat, Aws, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { Policy, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { prefixes } from '../lib/contract/prefixes.ts'
import { acknowledgePrefixes, acknowledgeResource, logicalId } from './acknowledge.ts'
import { backfillDefinition } from './backfill-definition.ts'
import { allow } from './node-function.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

export interface BackfillProps {
  readonly settings: Settings
  readonly removalPolicy: RemovalPolicy
  readonly storage: Storage
  /** batch-rollup. */
  readonly worker: IFunction
}

/** The state machine that has batch-rollup compute a range of days anew, many units at a time. */
export class Backfill extends Construct {
  readonly stateMachine: StateMachine

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id)
    const { settings, removalPolicy, storage, worker } = props
    const { bucket } = storage
    const definition = backfillDefinition({
      partition: Aws.PARTITION,
      functionArn: worker.functionArn,
      bucketName: bucket.bucketName,
      maxConcurrency: settings.backfillConcurrency,
    })
    const role = this.#role(props)
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      role,
      logs: {
        destination: new LogGroup(this, 'Log', {
          retention: settings.logRetentionDays,
          removalPolicy,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    })
    this.#allowChildren(role)
    this.#acknowledge(role, bucket)
  }

  #role({ storage, worker }: BackfillProps): Role {
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'What the backfill may do',
      inlinePolicies: {
        rights: new PolicyDocument({
          statements: [
            allow(['lambda:InvokeFunction'], [worker.functionArn]),
            allow(
              [
                's3:AbortMultipartUpload',
                's3:GetObject',
                's3:ListMultipartUploadParts',
                's3:PutObject',
              ],
              [storage.bucket.arnForObjects(`${prefixes.backfill}*`)],
            ),
          ],
        }),
      },
    })
  }

  /** A distributed map runs its units as executions of the state machine that it is part of. */
  #allowChildren(role: Role): void {
    const { stateMachineArn, stateMachineName } = this.stateMachine
    // `:` goes before the name of an execution, `/` before the label of a map and its children's.
    const executions = [':*', '/*'].map((suffix) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${stateMachineName}${suffix}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    )
    // A policy of its own, since it names the state machine, which names the role.
    const policy = new Policy(this, 'ChildrenPolicy', {
      roles: [role],
      statements: [
        allow(['states:StartExecution'], [stateMachineArn]),
        allow(
          ['states:DescribeExecution', 'states:RedriveExecution', 'states:StopExecution'],
          executions,
        ),
      ],
    })
    const own = `execution:<${logicalId(this.stateMachine)}.Name>`
    for (const suffix of [':*', '/*']) {
      acknowledgeResource(
        policy,
        `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:${own}${suffix}`,
        'The names of executions and their children are made when a backfill runs.',
      )
    }
  }

  #acknowledge(role: Role, bucket: Storage['bucket']): void {
    acknowledgePrefixes(
      role,
      bucket,
      [prefixes.backfill],
      'Every backfill has a folder of its own, named after its execution.',
    )
    acknowledgeResource(
      role.node.findChild('DefaultPolicy'),
      '*',
      'Step Functions sets up its log with actions of CloudWatch Logs that take no resource.',
    )
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason:
        'Every unit is an execution with a history and results of its own, which says more than ' +
        'a trace would; tracing asks for rights that cannot be limited to a resource.',
    })
  }
}
