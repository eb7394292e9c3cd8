import { randomUUID } from 'node:crypto'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { bucketCount } from '../lib/contract/defaults.ts'
import type { OutputName } from '../lib/contract/outputs.ts'
import { dayMs, minuteMs } from '../lib/core/index.ts'
import { createClients } from '../lib/deployment/clients.ts'
import { connect } from '../lib/deployment/seams.ts'
import { createStores, type Stores } from '../lib/deployment/stores.ts'
import { Failure } from './failure.ts'

/** A deployed stack, as far as readers depend on it. */
export interface DeployedStack {
  readonly stores: Stores
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
}

/**
 * A deployed stack, found by its outputs. Region and credentials are found as the AWS SDK does.
 * Throws Failure where there is no such stack, or where it is none of ours.
 */
export async function openStack(stackName: string, pathStyle: boolean): Promise<DeployedStack> {
  const outputs = await outputsOf(stackName)
  const output = (name: OutputName) => {
    const value = outputs.get(name)
    if (value === undefined) {
      throw new Failure(
        `the stack ${stackName} has no output ${name}, so this version of Twofold did not deploy it`,
      )
    }
    return value
  }
  const names = {
    minutesTable: output('MinutesTable'),
    rollupsTable: output('RollupsTable'),
    ledgerTable: output('LedgerTable'),
    bucket: output('Bucket'),
  }
  const stores = createStores(connect(createClients({ pathStyle }), names, Math.random), {
    bucketCount,
    minuteRetentionMs: Number(output('MinuteRetentionDays')) * dayMs,
    nowMs: Date.now,
    newToken: randomUUID,
  })
  return { stores, graceMs: Number(output('HourGraceMinutes')) * minuteMs }
}

async function outputsOf(stackName: string): Promise<Map<string, string>> {
  const client = new CloudFormationClient({})
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }))
    const outputs = Stacks[0]?.Outputs ?? []
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Failure(`cannot look up the stack ${stackName}: ${why}`, { cause })
  } finally {
    client.destroy()
  }
}
