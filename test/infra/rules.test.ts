import { Bucket } from 'aws-cdk-lib/aws-s3'
import { describe, expect, it } from 'vitest'
import { type Acknowledgement, synthesize } from './synthesize.ts'

describe('the AwsSolutions rules', () => {
  it.each([
    [{}],
    [{ data: 'remove' }],
    [{ alarmAddress: 'ops@example.com' }],
    [{ alarmAddress: 'arn:aws:sns:eu-west-1:123456789012:on-call' }],
    [{ shards: 'on-demand' }],
    [{ verifyHours: 0 }],
  ])('are kept with %j', (context) => {
    expect(synthesize(context).findings).toEqual([])
  })

  it('are checked at every synth', () => {
    const { findings } = synthesize({}, (stack) => new Bucket(stack, 'Careless'))
    expect(findings).toMatchObject([
      {
        pluginName: 'AwsSolutions',
        conclusion: 'failure',
        violations: [{ ruleName: 'AwsSolutions-S1' }, { ruleName: 'AwsSolutions-S10' }],
      },
    ])
  })

  it('are acknowledged for single findings only, each with a reason', () => {
    const { acknowledgements } = synthesize()
    for (const { reason } of acknowledgements) expect(reason).toMatch(/^[A-Z].{40,}\.$/)
    const bucket = 'IAM5[Resource::<StorageBucket.Arn>'
    const executions =
      'IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>' +
      ':execution:<BackfillStateMachine.Name>'
    expect(acknowledgements.map(short)).toEqual([
      `Stream/StreamAggregate ${bucket}/history/*]`,
      `Stream/StreamAggregate ${bucket}/rejected/*]`,
      `Stream/StreamAggregate ${bucket}/aws/lambda/*]`,
      `Rollup/BatchRollup ${bucket}/aws/lambda/*]`,
      `Rollup/BatchRollup ${bucket}/history/*]`,
      `Rollup/BatchRollup ${bucket}/rejected/*]`,
      `Rollup/BatchRollup ${bucket}/parts/*]`,
      `Rollup/BatchRollup ${bucket}/backfill/*]`,
      'Rollup/DeadLetters SQS3',
      `Backfill/Role ${bucket}/backfill/*]`,
      'Backfill/Role/DefaultPolicy IAM5[Resource::*]',
      'Backfill/StateMachine SF2',
      `Backfill/ChildrenPolicy ${executions}:*]`,
      `Backfill/ChildrenPolicy ${executions}/*]`,
    ])
  })
})

/** Without the stack, the pack, and the hashes behind the names of resources. */
function short({ path, rule }: Acknowledgement): string {
  const where = path.slice(path.indexOf('/') + 1)
  return `${where} ${rule.replace(/^.*::AwsSolutions-/, '').replaceAll(/[0-9A-F]{8}(?=\.)/g, '')}`
}
