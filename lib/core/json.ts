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

/**
 * Reads one JSON text with its numbers kept as text.
 * Throws SyntaxError where the text is not JSON, RangeError where it is nested too deep to walk.
 */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text, keepNumbersAsText as (name: string, value: unknown) => unknown)
}

export function jsonTypeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (value instanceof NumberText) return 'a number'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
