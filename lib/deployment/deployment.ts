import { checkTimeZone, dayMs, type Pipeline } from '../core/index.ts'
import type { StoredSettings } from '../ledger/settings.ts'
import { type Environment, requiredText, wholeNumber } from './environment.ts'
import type { StoreNames } from './stores.ts'

/** What both functions are told of the deployment that they are part of. */
export interface Deployment {
  readonly names: StoreNames
  readonly pathStyle: boolean
  /** In place of the pipeline's own zone, where it is set. */
  readonly timeZone: string | undefined
  readonly keyRanges: number
  readonly minuteRetentionMs: number
}

/** Partitions that the minute rows of an hour are spread over. */
export const bucketCount = 16

const defaultMinuteRetentionDays = 35

/** How long after its end an hour is still taken from minute rows, where nothing else is said. */
export const defaultGraceMs = 300_000

/** Throws BadEnvironment, which names the variable, or UnknownTimeZone. */
export function readDeployment(environment: Environment): Deployment {
  const timeZone = environment.TIME_ZONE
  if (timeZone !== undefined) checkTimeZone(timeZone)
  const days = wholeNumber(environment, 'MINUTE_RETENTION_DAYS', defaultMinuteRetentionDays, 1)
  return {
    names: {
      minutesTable: requiredText(environment, 'MINUTES_TABLE'),
      rollupsTable: requiredText(environment, 'ROLLUPS_TABLE'),
      ledgerTable: requiredText(environment, 'LEDGER_TABLE'),
      bucket: requiredText(environment, 'BUCKET'),
    },
    pathStyle: environment.S3_PATH_STYLE === 'true',
    timeZone,
    keyRanges: wholeNumber(environment, 'KEY_RANGES', 1, 1),
    minuteRetentionMs: days * dayMs,
  }
}

/** What the rows of this pipeline in this deployment depend on. */
export function settingsFor(pipeline: Pipeline, deployment: Deployment): StoredSettings {
  return {
    definition: pipeline.fingerprint,
    timeZone: deployment.timeZone ?? pipeline.timeZone,
    bucketCount,
    keyRanges: deployment.keyRanges,
  }
}
