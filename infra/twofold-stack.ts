import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import {
  sharedSettings,
  sharedVariables,
  valuesOfSettings,
  variablesOf,
} from '../lib/contract/environment.ts'
import type { OutputName } from '../lib/contract/outputs.ts'
import { Backfill } from './backfill.ts'
import type { FunctionCode } from './function-code.ts'
import { Monitoring } from './monitoring.ts'
import { Rollup } from './rollup.ts'
import type { Settings } from './settings.ts'
import { Storage } from './storage.ts'
import { Stream } from './stream.ts'

export interface TwofoldStackProps {
  readonly settings: Settings
  readonly code: FunctionCode
}

/** One deployment of the pipeline, in whatever account and region it is deployed to. */
export class TwofoldStack extends Stack {
  constructor(app: App, { settings, code }: TwofoldStackProps) {
    const stackName = `twofold-${settings.stage}`
    super(app, stackName, {
      description: 'Twofold: minute totals from a stream, exact days, weeks and months',
      tags: { application: 'twofold', stage: settings.stage },
    })
    const removalPolicy = settings.data === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    const storage = new Storage(this, 'Storage', { settings, removalPolicy })
    const environment = variablesOf(sharedVariables, {
      ...valuesOfSettings(sharedSettings, settings),
      stackName,
      minutesTable: storage.minutes.tableName,
      rollupsTable: storage.rollups.tableName,
      ledgerTable: storage.ledger.tableName,
      bucket: storage.bucket.bucketName,
    })
    const shared = { settings, removalPolicy, storage, environment }
    const stream = new Stream(this, 'Stream', { ...shared, codeFolder: code.streamAggregate })
    const rollup = new Rollup(this, 'Rollup', { ...shared, codeFolder: code.batchRollup })
    const backfill = new Backfill(this, 'Backfill', { ...shared, worker: rollup.function })
    const monitoring = new Monitoring(this, 'Monitoring', {
      settings,
      storage,
      stream,
      rollup,
      backfill,
    })
    this.#output({
      StreamName: stream.stream.streamName,
      MinutesTable: storage.minutes.tableName,
      RollupsTable: storage.rollups.tableName,
      LedgerTable: storage.ledger.tableName,
      Bucket: storage.bucket.bucketName,
      TimeZone: settings.timeZone,
      MinuteRetentionDays: String(settings.minuteRetentionDays),
      HourGraceMinutes: String(settings.hourGraceMinutes),
      StreamAggregateFunction: stream.function.functionName,
      BatchRollupFunction: rollup.function.functionName,
      BackfillStateMachine: backfill.stateMachine.stateMachineArn,
      Dashboard: monitoring.dashboard.dashboardName,
    })
  }

  /** What the command line finds the deployment by. */
  #output(values: Readonly<Record<OutputName, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value })
  }
}
