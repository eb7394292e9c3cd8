import { hourName } from '../core/index.ts'
import { type PeriodUnit, type Unit, unitName } from '../ledger/changed-units.ts'
import type { AttemptMark } from './part-registry.ts'

/** A unit as its parts are written: what their objects are named by. */
export interface UnitOfParts {
  readonly kind: Unit['kind']
  /** The unit's name in the registry of parts. */
  readonly name: string
  /** Every part that an attempt at the unit may write, the same at each attempt. */
  readonly names: readonly string[]
  /**
   * Whether rows of a table are made from the parts, so that attempts that were cut short are
   * compared with. Such a unit has one part.
   */
  readonly hasRows: boolean
}

/** One aggregation's parts of an hour: one for each local day that it touches, and each key range. */
export function hourParts(
  aggregation: string,
  hourMs: number,
  days: readonly string[],
  keyRanges: number,
): UnitOfParts {
  const ranges = Array.from({ length: keyRanges }, (_, range) => range)
  return {
    kind: 'hour',
    name: hourPartsName(aggregation, hourMs),
    names: days.flatMap((day) => ranges.map((range) => hourPartName(day, range))),
    hasRows: false,
  }
}

/** An hour's name in the registry, which has one for each aggregation. */
export const hourPartsName = (aggregation: string, hourMs: number) =>
  `${aggregation}#${hourName(hourMs)}`

/** The one part of a period. */
export function periodParts(unit: PeriodUnit): UnitOfParts {
  return { kind: unit.kind, name: unitName(unit), names: [periodPartName], hasRows: true }
}

export const hourPartName = (day: string, range: number) => `${day}#${range}`

export const periodPartName = ''

/** The day that an hour's part is merged into. */
export function dayOfPart(aggregation: string, partName: string): PeriodUnit {
  const [period = '', range] = partName.split('#')
  return { kind: 'day', aggregation, period, range: Number(range) }
}

/** Where an attempt at a unit writes the part of a name, if it has one. */
export function objectKeyOf(unit: UnitOfParts, name: string, { token }: AttemptMark): string {
  const folder = name === periodPartName ? '' : `${name.replaceAll('#', '/')}/`
  return `${folderOf(unit)}${folder}${token}.ndjson.gz`
}

/** Holds the objects of all attempts at a unit, and of no other. */
export function folderOf({ kind, name }: Pick<UnitOfParts, 'kind' | 'name'>): string {
  return `parts/${kind}/${name.replaceAll('#', '/')}/`
}

export function objectKeysOf(unit: UnitOfParts, attempt: AttemptMark): string[] {
  return unit.names.map((name) => objectKeyOf(unit, name, attempt))
}
