import { parseDecimal } from '../decimal.ts'
import { type JsonValue, jsonTypeOf, NumberText } from '../json.ts'
import { Refusal } from '../reject.ts'
import type { Field } from './field.ts'

export type TimestampFormat = 'rfc3339' | 'epochSeconds' | 'epochMilliseconds'

export interface TimestampOptions {
  /** `rfc3339` unless told. Epoch formats take numbers, or strings that hold one. */
  readonly format?: TimestampFormat
}

/**
 * An instant, decoded to whole milliseconds since 1970; finer digits are cut off, not rounded, so
 * that an event stays in the minute that its text names. RFC 3339 with any offset, in upper or
 * lower case; a leap second (`:60`) is refused, since an instant has no number of its own for it.
 */
export function timestamp(options: TimestampOptions = {}): Field<number, 'time', false> {
  const { format = 'rfc3339' } = options
  return {
    kind: 'timestamp',
    uses: { time: true },
    optional: false,
    scale: 0,
    parameters: {},
    minBytes: 1,
    maxBytes: 32,
    limits: format,
    spelling: { kind: format },
    decode: format === 'rfc3339' ? decodeRfc3339 : (value) => decodeEpoch(value, format),
  }
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/i

function decodeRfc3339(value: JsonValue): number | Refusal {
  if (typeof value !== 'string') {
    return new Refusal('wrong-type', `is ${jsonTypeOf(value)}, not an RFC 3339 string`)
  }
  const match = rfc3339.exec(value)
  if (match === null) return new Refusal('bad-timestamp', 'is not an RFC 3339 date and time')
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as SixNumbers
  if (!isDate(year, month, day)) return new Refusal('bad-timestamp', 'names a day that is not')
  const offsetHour = Number(match[9] ?? 0)
  const offsetMinute = Number(match[10] ?? 0)
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    return new Refusal('bad-timestamp', 'names a time of day or an offset that is not')
  }
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000 * (match[8] === '-' ? -1 : 1)
  const localMs = utcMs(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000
  return inNamedYears(localMs + milliseconds - offsetMs)
}

type SixNumbers = [number, number, number, number, number, number]

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999, so the year is set by itself. */
function utcMs(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(utcMs(year, month, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

// Names of windows are made of years of four digits, and an instant of the year 0 or 9999 may lie in
// a day, week or month of the year before or after it, by its zone or by where the week ends.
const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9998-12-31T23:59:59.999Z')

function inNamedYears(ms: number): number | Refusal {
  if (ms >= firstMs && ms <= lastMs) return ms
  return new Refusal('bad-timestamp', 'is outside the years 0001 to 9998')
}

// Decimals of an epoch number that are read before the finer ones are cut off.
const epochScale = 30

function decodeEpoch(value: JsonValue, format: TimestampFormat): number | Refusal {
  const text = value instanceof NumberText ? value.text : value
  if (typeof text !== 'string') {
    return new Refusal('wrong-type', `is ${jsonTypeOf(value)}, not a number`)
  }
  const units = parseDecimal(text, epochScale)
  if (units === 'not-a-decimal') return new Refusal('wrong-type', 'is text that is not a number')
  if (typeof units === 'string') {
    return new Refusal('bad-timestamp', `is not a number of ${format}`)
  }
  const unitsPerMs = 10n ** BigInt(epochScale - (format === 'epochSeconds' ? 3 : 0))
  return inNamedYears(Number(floorDivide(BigInt(units), unitsPerMs)))
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n)
}
