import { bucketCount } from '../contract/defaults.ts'
import type { sharedVariables, ValuesOf } from '../contract/environment.ts'
import type { Definition } from '../core/index.ts'
import type { StoredSettings } from '../ledger/settings.ts'

/** What both functions are told of the deployment that they are part of. */
export type Deployment = ValuesOf<typeof sharedVariables>

/** What the rows of this pipeline in this deployment depend on. */
export function settingsFor(
  definition: Definition,
  { timeZone, keyRanges }: Pick<Deployment, 'timeZone' | 'keyRanges'>,
): StoredSettings {
  return {
    definition: definition.fingerprint,
    timeZone: timeZone ?? definition.timeZone,
    bucketCount,
    keyRanges,
  }
}
