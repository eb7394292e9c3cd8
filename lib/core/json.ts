import { withBackslashes, withoutBackslashes } from './names-without-backslashes.ts'

/** A JSON number as it stands in the source, so that no digit passes through a float. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type JsonValue =
  | null
  | boolean
  | string
  | NumberText
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** `JSON.parse` with source text access (ECMA-262, JSON.parse source text access, 2025). */
type ReviverWithSource = (name: string, value: unknown, context: { source: string }) => unknown

const keepNumbersAsText: ReviverWithSource = (_name, value, context) =>
  typeof value === 'number' ? new NumberText(context.source) : value

/** Arrays and objects within each other, at most. */
export const maxJsonDepth = 256

/** The text is JSON perhaps, but nested deeper than `maxJsonDepth`. */
export class NestedTooDeep extends Error {
  override readonly name = 'NestedTooDeep'
}

/**
 * Reads one JSON text with its numbers kept as text.
 * Throws SyntaxError where the text is not JSON, NestedTooDeep where it is nested too deep: at a
 * depth of ours, since the engine's own depends on the stack that is left at the time of the call.
 */
export function parseJson(text: string): JsonValue {
  if (isNestedTooDeep(text)) throw new NestedTooDeep()
  const shown = withoutBackslashes(text)
  const value = JSON.parse(shown, keepNumbersAsText as (name: string, value: unknown) => unknown)
  return shown === text ? value : withBackslashes(value, (one) => one instanceof NumberText)
}

function isNestedTooDeep(text: string): boolean {
  // So deep a text has a bracket for every level to open it and one to close it.
  if (text.length <= 2 * maxJsonDepth) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (inString) {
      if (unit === backslash) at++
      else if (unit === quote) inString = false
    } else if (unit === quote) inString = true
    // Braces are 0x20 above square brackets, and no other character that may stand here is.
    else if ((unit | 0x20) === openingBrace && ++depth > maxJsonDepth) return true
    else if ((unit | 0x20) === closingBrace) depth--
  }
  return false
}

const quote = 0x22
const backslash = 0x5c
const openingBrace = 0x7b
const closingBrace = 0x7d

export function jsonTypeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (value instanceof NumberText) return 'a number'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
