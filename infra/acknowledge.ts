import { type CfnElement, Stack, Validations } from 'aws-cdk-lib'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** Acknowledges that roles of a construct may use all objects below these prefixes, and says why. */
export function acknowledgePrefixes(
  scope: Construct,
  bucket: Bucket,
  prefixes: readonly string[],
  reason: string,
): void {
  const bucketArn = `<${logicalId(bucket)}.Arn>`
  for (const prefix of prefixes) acknowledgeResource(scope, `${bucketArn}/${prefix}*`, reason)
}

/** Acknowledges that roles of a construct may use a resource whose ARN holds a wildcard. */
export function acknowledgeResource(scope: Construct, resource: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
}

/** The name of a construct's resource in the template. */
export function logicalId(construct: Construct): string {
  return Stack.of(construct).resolve(
    Stack.of(construct).getLogicalId(construct.node.defaultChild as CfnElement),
  )
}
