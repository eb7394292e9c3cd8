import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { bucketCount } from '../contract/defaults.ts'
import type { OutputName } from '../contract/outputs.ts'
import { dayMs, minuteMs } from '../core/index.ts'
import { createClients } from './clients.ts'
import { connect } from './seams.ts'
import { createStores, type Stores } from './stores.ts'

/** A deployed stack, as far as readers depend on it. */
export interface DeployedStack {
  readonly stores: Stores
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  close(): Promise<void>
}

export interface StackAccess {
  /** Whether bucket names stand in the path, as servers other than S3 want it. */
  readonly pathStyle: boolean
  readonly nowMs: () => number
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number
  /** Another text each time, on every machine. */
  readonly newToken: () => string
}

/** There is no such stack, or it is none of ours; the message says which. */
export class StackUnusable extends Error {
  override readonly name = 'StackUnusable'
}

/**
 * A deployed stack, found by its outputs. Region and credentials are found as the AWS SDK does. No
 * function needs this: it would have each of them load a client more. Throws StackUnusable.
 */
export async function openStack(stackName: string, access: StackAccess): Promise<DeployedStack> {
  const outputs = await outputsOf(stackName)
  const output = (name: OutputName) => {
    const value = outputs.get(name)
    if (value === undefined) {
      throw new StackUnusable(
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
  const minuteRetentionMs = Number(output('MinuteRetentionDays')) * dayMs
  const graceMs = Number(output('HourGraceMinutes')) * minuteMs
  const { pathStyle, random } = access
  const clients = createClients({ pathStyle })
  const stores = createStores(connect(clients, names, random), {
    ...access,
    bucketCount,
    minuteRetentionMs,
  })
  return {
    stores,
    graceMs,
    async close() {
      clients.dynamoDb.destroy()
      clients.s3.destroy()
    },
  }
}

async function outputsOf(stackName: string): Promise<Map<string, string>> {
  const client = new CloudFormationClient({})
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }))
    const outputs = Stacks[0]?.Outputs ?? []
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StackUnusable(`cannot look up the stack ${stackName}: ${why}`, { cause })
  } finally {
    client.destroy()
  }
}
