import { isSameDefinition } from '../core/index.ts'
import { absent, integer, recordOf, text, type ValueIn } from '../store/record.ts'
import type { Table } from '../store/table.ts'

const settingsRecord = recordOf({
  /** The definition's fingerprint: keys and measures with their scales. */
  definition: text(),
  timeZone: text(),
  /** Partitions that the minute rows of an hour are spread over. */
  bucketCount: integer(),
  /** Ranges that the keys of a period are merged in. */
  keyRanges: integer(),
})

/** What stored rows depend on, and so can't change while there are any. */
export type StoredSettings = ValueIn<typeof settingsRecord>

export type SettingName = keyof StoredSettings

const allNames: readonly SettingName[] = ['definition', 'timeZone', 'bucketCount', 'keyRanges']

/** What minute rows depend on, and so all that the stream has to agree on. */
export const minuteRowSettings: readonly SettingName[] = ['definition', 'bucketCount']

/** The settings of this run are not those that the stored rows were made with. */
export class SettingsMismatch extends Error {
  override readonly name = 'SettingsMismatch'
}

export interface SettingsStore {
  read(): Promise<StoredSettings | undefined>
  /**
   * Writes the settings if there are none, else throws SettingsMismatch where they differ in one of
   * `names`, all unless told.
   */
  agree(settings: StoredSettings, names?: readonly SettingName[]): Promise<void>
}

const key = { pk: 'settings', sk: 'settings' }

export function createSettingsStore(table: Table): SettingsStore {
  const read = async () => {
    const item = await table.get(key)
    return item && settingsRecord.read(item)
  }
  return {
    read,

    async agree(settings, names = allNames) {
      const stored = await read()
      if (stored === undefined) {
        const { written } = await table.put(settingsRecord.item(key, settings), [absent])
        // Another process was first, and what it wrote is there to compare with now.
        if (!written) await this.agree(settings, names)
        return
      }
      const differing = names.filter((name) => !isSame(name, stored, settings))
      if (differing.length > 0) {
        const differences = differing.map(
          (name) => `${name} ${stored[name]}, not ${settings[name]}`,
        )
        throw new SettingsMismatch(`The stored rows were made with ${differences.join('; ')}`)
      }
    },
  }
}

/** Settings are plain values, but a definition may have been stored in its former form. */
function isSame(name: SettingName, stored: StoredSettings, settings: StoredSettings): boolean {
  return name === 'definition'
    ? isSameDefinition(stored.definition, settings.definition)
    : stored[name] === settings[name]
}
