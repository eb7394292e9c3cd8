import type { DefinitionDescription } from './describe-definition.ts'
import { formerFingerprint } from './former-fingerprint.ts'

/**
 * Whether rows that were made with one fingerprint are of the definition with another, as
 * `definePipeline` makes it now. A former one is compared as a text: what it says may be ambiguous.
 */
export function isSameDefinition(stored: string, current: string): boolean {
  if (stored === current) return true
  const [before, now] = [parseFingerprint(stored), parseFingerprint(current)]
  return isObject(before) && isObject(now)
    ? sorted(before) === sorted(now)
    : isObject(now) && stored === formerFingerprint(now as DefinitionDescription)
}

/** Undefined where the text is no JSON. */
export function parseFingerprint(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same text for the same data, in whatever order its members were written. */
function sorted(data: object): string {
  return JSON.stringify(data, (_name, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(byName)) : value,
  )
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
