import { bucketCount } from '../contract/defaults.ts'
import type { sharedVariables, ValuesOf } from '../contract/environment.ts'
import type { Pipeline } from '../core/index.ts'
import type { StoredSettings } from '../ledger/settings.ts'

/** What both functions are told of the deployment that they are part of. */
export type Deployment = ValuesOf<typeof sharedVariables>

/** What the rows of this pipeline in this deployment depend on. */
export function settingsFor(
  pipeline: Pipeline,
  { timeZone, keyRanges }: Pick<Deployment, 'timeZone' | 'keyRanges'>,
): StoredSettings {
  return {
    definition: pipeline.fingerprint,
    timeZone: timeZone ?? pipeline.timeZone,
    bucketCount,
    keyRanges,
  }
}
