import { definitionDifferences, isSameDefinition, type Pipeline } from '../lib/core/index.ts'
import type { StoredSettings } from '../lib/ledger/settings.ts'

/** The data was made with another time zone or definition; the message says what to do. */
export class DataMismatch extends Error {
  override readonly name = 'DataMismatch'
}

/** Data that has settings, as it is spoken of. */
export interface CheckedData {
  readonly name: string
  /** What to do where its rows are of another definition. */
  readonly otherwise: string
}

export function folderToCheck(folder: string): CheckedData {
  return { name: folder, otherwise: 'choose another folder with --data' }
}

export function stackToCheck(stack: string): CheckedData {
  return { name: `the stack ${stack}`, otherwise: 'use the definition that it was deployed with' }
}

/** Throws DataMismatch. */
export function checkStoredSettings(
  stored: StoredSettings | undefined,
  pipeline: Pipeline,
  timeZone: string | undefined,
  { name, otherwise }: CheckedData,
): void {
  if (stored === undefined) return
  if (timeZone !== undefined && stored.timeZone !== timeZone) {
    throw new DataMismatch(
      `${name} holds rows made in ${stored.timeZone}, not ${timeZone}; ` +
        `leave out --zone, or ${otherwise}`,
    )
  }
  if (!isSameDefinition(stored.definition, pipeline.fingerprint)) {
    const differences = definitionDifferences(stored.definition, pipeline.fingerprint)
    throw new DataMismatch(
      `${name} holds rows of another definition than pipeline.config.ts has now` +
        `${differences.length > 0 ? ` (${differences.join('; ')})` : ''}; ${otherwise}`,
    )
  }
}
