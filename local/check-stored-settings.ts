import { type Definition, definitionDifferences, isSameDefinition } from '../lib/core/index.ts'
import type { StoredSettings } from '../lib/ledger/settings.ts'
import { nameOf, type Source } from './source.ts'

/** In what stored rows are of another make than they were asked for. */
export type Mismatch =
  | { readonly in: 'time zone'; readonly stored: string; readonly asked: string }
  /** One text a difference; none where the form of the stored definition is not known. */
  | { readonly in: 'definition'; readonly differences: readonly string[] }

/** The data was made with another time zone or definition. */
export class DataMismatch extends Error {
  override readonly name = 'DataMismatch'
  readonly source: Source
  readonly mismatch: Mismatch

  constructor(source: Source, mismatch: Mismatch) {
    super(`${nameOf(source)} holds rows ${told(mismatch)}`)
    this.source = source
    this.mismatch = mismatch
  }
}

function told(mismatch: Mismatch): string {
  if (mismatch.in === 'time zone') return `made in ${mismatch.stored}, not ${mismatch.asked}`
  const { differences } = mismatch
  return `of another definition${differences.length > 0 ? ` (${differences.join('; ')})` : ''}`
}

/** Rows of any zone will do where none is asked for, and no settings are those of any. Throws DataMismatch. */
export function checkStoredSettings(
  stored: StoredSettings | undefined,
  definition: Definition,
  timeZone: string | undefined,
  source: Source,
): void {
  if (stored === undefined) return
  if (timeZone !== undefined && stored.timeZone !== timeZone) {
    throw new DataMismatch(source, { in: 'time zone', stored: stored.timeZone, asked: timeZone })
  }
  if (!isSameDefinition(stored.definition, definition.fingerprint)) {
    const differences = definitionDifferences(stored.definition, definition.fingerprint)
    throw new DataMismatch(source, { in: 'definition', differences })
  }
}
