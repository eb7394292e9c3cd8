import type { Definition } from './definition.ts'
import type { FieldValue } from './fields/index.ts'
import { type JsonValue, jsonTypeOf, NestedTooDeep, NumberText, parseJson } from './json.ts'
import type { EventValues } from './measures/index.ts'
import { Refusal, Reject } from './reject.ts'

/** An event that was taken. */
export interface DecodedEvent {
  readonly id: string
  readonly timeMs: number
  readonly values: EventValues
}

// A byte order mark before the text is dropped, as TextDecoder does unless told.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * One event's bytes (UTF-8 JSON) to its values, or why not: the first field at fault in the order
 * of the definition. Unknown fields are passed over; of a field that is there twice the last
 * counts, as in `JSON.parse`. `nowMs` bounds how far ahead an event may be dated; it is left out
 * where the event was already taken once and is being read again.
 */
export function decodeEvent(
  definition: Definition,
  bytes: Uint8Array,
  nowMs?: number,
): DecodedEvent | Reject {
  const json = parseBytes(bytes)
  if (json instanceof Reject) return json
  const values: Record<string, FieldValue> = Object.create(null)
  for (const [name, field] of Object.entries(definition.event)) {
    const value = Object.hasOwn(json, name) ? json[name] : undefined
    if (value === undefined || (value === null && field.optional)) {
      if (field.optional) continue
      return new Reject('missing', name, `${name} is missing`)
    }
    const decoded = field.decode(value)
    if (decoded instanceof Refusal) {
      return new Reject(decoded.reason, name, `${name} ${decoded.message}`)
    }
    values[name] = decoded
  }
  const timeMs = values[definition.time] as number
  const untimely = refuseUntimely(definition, timeMs, nowMs)
  return untimely ?? { id: values[definition.id] as string, timeMs, values }
}

type JsonObject = { readonly [name: string]: JsonValue }

function parseBytes(bytes: Uint8Array): JsonObject | Reject {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return new Reject('not-utf8', undefined, 'the record is not UTF-8')
  }
  let json: JsonValue
  try {
    json = parseJson(text)
  } catch (error) {
    const why = error instanceof NestedTooDeep ? 'nested too deep' : 'not JSON'
    return new Reject('not-json', undefined, `the record is ${why}`)
  }
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  if (!isObject || json instanceof NumberText) {
    return new Reject(
      'not-an-object',
      undefined,
      `the record is ${jsonTypeOf(json)}, not an object`,
    )
  }
  return json as JsonObject
}

function refuseUntimely(
  definition: Definition,
  timeMs: number,
  nowMs: number | undefined,
): Reject | undefined {
  const { time, earliestMs, maxAheadMs } = definition
  if (timeMs < earliestMs) {
    const earliest = new Date(earliestMs).toISOString()
    return new Reject('too-early', time, `${time} is before the earliest allowed, ${earliest}`)
  }
  if (nowMs !== undefined && timeMs > nowMs + maxAheadMs) {
    const message = `${time} is more than ${maxAheadMs / 1000} s ahead of the clock`
    return new Reject('too-far-ahead', time, message)
  }
  return undefined
}
