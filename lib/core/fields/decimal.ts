import { type DecimalProblem, formatUnits, parseDecimal, type Units } from '../decimal.ts'
import { type JsonValue, jsonTypeOf, NumberText } from '../json.ts'
import { Refusal } from '../reject.ts'
import type { Field } from './field.ts'

export interface IntegerOptions {
  /** Inclusive; by default whatever a safe integer holds, 2^53 - 1 either way. */
  readonly min?: number
  readonly max?: number
}

export interface DecimalOptions extends IntegerOptions {
  /** Decimals behind the point, 0 to 15. More in an event are refused, not rounded. */
  readonly scale: number
}

type NumberField = Field<number, 'key' | 'number', false>

// A sign, 16 digits and a point.
const maxTextBytes = 18

/** A whole number, as a JSON number or as a string that holds one. */
export function integer(options: IntegerOptions = {}): NumberField {
  return numeric('integer', 0, options)
}

/**
 * A decimal of a fixed scale, as a JSON number or as a string that holds one.
 * Decoded to units of 10^-scale, which must be a safe integer.
 */
export function decimal(options: DecimalOptions): NumberField {
  const { scale } = options
  if (!Number.isInteger(scale) || scale < 0 || scale > 15) {
    throw new TypeError(`A decimal's scale must be a whole number from 0 to 15, not ${scale}`)
  }
  return { ...numeric('decimal', scale, options), parameters: { scale } }
}

function numeric(kind: string, scale: number, options: IntegerOptions): NumberField {
  const min = boundInUnits(options.min, scale) ?? Number.MIN_SAFE_INTEGER
  const max = boundInUnits(options.max, scale) ?? Number.MAX_SAFE_INTEGER
  const limits = `${formatUnits(min, scale)} to ${formatUnits(max, scale)}`
  return {
    kind,
    uses: { key: true, number: true },
    optional: false,
    scale,
    parameters: {},
    minBytes: 1,
    maxBytes: maxTextBytes,
    limits,
    spelling: { kind: 'number', min, max },
    decode(value) {
      const units = readUnits(value, scale)
      if (units instanceof Refusal) return units
      if (typeof units === 'bigint' || units < min || units > max) {
        return new Refusal('out-of-range', `is not within ${limits}`)
      }
      return units
    },
  }
}

function readUnits(value: JsonValue, scale: number): Units | Refusal {
  const text = value instanceof NumberText ? value.text : value
  if (typeof text !== 'string') {
    return new Refusal('wrong-type', `is ${jsonTypeOf(value)}, not a number`)
  }
  const units = parseDecimal(text, scale)
  return typeof units === 'string' ? refusalOf(units, scale) : units
}

function refusalOf(problem: DecimalProblem, scale: number): Refusal {
  switch (problem) {
    case 'not-a-decimal':
      return new Refusal('wrong-type', 'is text that is not a number')
    case 'too-many-decimals':
      return new Refusal('too-many-decimals', `has more than ${scale} decimals`)
    case 'out-of-range':
      return new Refusal('out-of-range', 'is too large a number')
  }
}

function boundInUnits(bound: number | undefined, scale: number): number | undefined {
  if (bound === undefined) return undefined
  const units = parseDecimal(String(bound), scale)
  if (typeof units !== 'number') {
    throw new TypeError(`The bound ${bound} is not a safe number of ${scale} decimals`)
  }
  return units
}
