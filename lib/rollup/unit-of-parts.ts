import {
  hourPart,
  hourUnit,
  type PartsUnit,
  type PeriodUnit,
  partObjectKey,
  partsUnitName,
  periodPart,
} from '../ledger/unit.ts'
import type { AttemptMark } from './part-registry.ts'

/** A unit with the names of all parts that an attempt at it may write, the same at each attempt. */
export interface UnitOfParts {
  readonly unit: PartsUnit
  readonly parts: readonly string[]
}

/** One aggregation's parts of an hour: one for each local day that it touches, and each key range. */
export function hourOfParts(
  aggregation: string,
  hourMs: number,
  days: readonly string[],
  keyRanges: number,
): UnitOfParts {
  const ranges = Array.from({ length: keyRanges }, (_, range) => range)
  return {
    unit: { ...hourUnit(hourMs), aggregation },
    parts: days.flatMap((day) => ranges.map((range) => hourPart(day, range))),
  }
}

/** A period has one part. */
export const periodOfParts = (unit: PeriodUnit): UnitOfParts => ({ unit, parts: [periodPart] })

/**
 * Whether rows of a table are made from a unit's part, so that attempts that were cut short are
 * compared with.
 */
export const hasRows = ({ unit }: UnitOfParts) => unit.kind !== 'hour'

/** What a unit is registered under, as the registry takes it. */
export function registered({ unit }: UnitOfParts): [kind: string, name: string] {
  return [unit.kind, partsUnitName(unit)]
}

/** Where an attempt may write its parts. */
export function objectKeysOf({ unit, parts }: UnitOfParts, attempt: AttemptMark): string[] {
  return parts.map((part) => partObjectKey(unit, part, attempt))
}
