import { isSameDefinition } from '../core/index.ts'
import { type Item, readInteger, readText, type Table } from '../store/table.ts'

/** What stored rows depend on, and so can't change while there are any. */
export interface StoredSettings {
  /** The pipeline's fingerprint: keys and measures with their scales. */
  readonly definition: string
  readonly timeZone: string
  /** Partitions that the minute rows of an hour are spread over. */
  readonly bucketCount: number
  /** Ranges that the keys of a period are merged in. */
  readonly keyRanges: number
}

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
    return item && settingsOf(item)
  }
  return {
    read,

    async agree(settings, names = allNames) {
      const stored = await read()
      if (stored === undefined) {
        const { written } = await table.put(itemOf(settings), [{ absent: true }])
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

function itemOf(settings: StoredSettings): Item {
  return {
    pk: { S: key.pk },
    sk: { S: key.sk },
    definition: { S: settings.definition },
    timeZone: { S: settings.timeZone },
    bucketCount: { N: String(settings.bucketCount) },
    keyRanges: { N: String(settings.keyRanges) },
  }
}

function settingsOf(item: Item): StoredSettings {
  return {
    definition: readText(item, 'definition'),
    timeZone: readText(item, 'timeZone'),
    bucketCount: readInteger(item, 'bucketCount'),
    keyRanges: readInteger(item, 'keyRanges'),
  }
}
