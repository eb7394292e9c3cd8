import type { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface NodeFunctionProps {
  /** Its folder in `functions/`. */
  readonly name: string
  readonly purpose: string
  /** The folder of the bundle, which holds `index.mjs`. */
  readonly codeFolder: string
  readonly environment: Readonly<Record<string, string>>
  readonly memoryMb: number
  readonly timeout: Duration
  readonly reservedConcurrency: number
  readonly logRetentionDays: RetentionDays
  readonly removalPolicy: RemovalPolicy
  /** All that the function may do, beside writing its log. */
  readonly rights: readonly PolicyStatement[]
}

/** A bundled function with a log and a role of its own, which holds no right but those given. */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction
  readonly logGroup: LogGroup

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id)
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetentionDays,
      removalPolicy: props.removalPolicy,
    })
    const writeLog = allow(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [this.logGroup.logGroupArn],
    )
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.name} may do`,
      // Within the role, so that nothing that uses the function is made before its rights are.
      inlinePolicies: {
        rights: new PolicyDocument({ statements: [writeLog, ...props.rights] }),
      },
    })
    this.function = new LambdaFunction(this, 'Function', {
      description: `${props.name}: ${props.purpose}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.codeFolder),
      handler: 'index.handler',
      // The source map lies beside the bundle, for stack traces that name the sources.
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      memorySize: props.memoryMb,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrency,
      loggingFormat: LoggingFormat.JSON,
      logGroup: this.logGroup,
      role,
    })
  }
}

/** Leave to do these actions with these resources, and nothing else. */
export function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources })
}
