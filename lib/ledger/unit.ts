import { prefixes } from '../contract/prefixes.ts'
import { type CalendarGrain, hourName, parseUtcName } from '../core/index.ts'

/** An hour (UTC) of event time, to be folded into parts: of all aggregations at once. */
export interface HourUnit {
  readonly kind: 'hour'
  readonly hourMs: number
}

/** A period of one aggregation and one of its key ranges, to be merged from finer parts. */
export interface PeriodUnit {
  readonly kind: CalendarGrain
  readonly aggregation: string
  readonly period: string
  readonly range: number
}

/** What is computed anew as one. */
export type Unit = HourUnit | PeriodUnit

export type UnitKind = Unit['kind']

export type UnitOf<Kind extends UnitKind> = Extract<Unit, { readonly kind: Kind }>

/** An hour of one aggregation. */
export interface AggregationHour extends HourUnit {
  readonly aggregation: string
}

/** What has parts of its own, which become current together. */
export type PartsUnit = AggregationHour | PeriodUnit

export const hourUnit = (hourMs: number): HourUnit => ({ kind: 'hour', hourMs })

export function hourUnits(hours: Iterable<number>): HourUnit[] {
  return Array.from(hours, hourUnit)
}

/** `2026-11-22T10`, or `<aggregation>#<period>#<range>`. */
export function unitName(unit: Unit): string {
  return unit.kind === 'hour' ? hourName(unit.hourMs) : periodName(unit)
}

/** `<kind>#<name>`: no two units share it, whatever their kinds. */
export function qualifiedName(unit: Unit): string {
  return `${unit.kind}#${unitName(unit)}`
}

/** The unit of a name. Throws where it names an hour that is none. */
export function parseUnit<Kind extends UnitKind>(kind: Kind, name: string): UnitOf<Kind> {
  const unit =
    kind === 'hour' ? hourUnit(parseHour(name)) : parsePeriod(kind as CalendarGrain, name)
  return unit as UnitOf<Kind>
}

/** Epoch ms of an hour that an item of the ledger names. Throws where there is none of that name. */
export function parseHour(name: string): number {
  const hourMs = parseUtcName('hour', name)
  if (hourMs === undefined) throw new Error(`The ledger names an hour that is none: ${name}`)
  return hourMs
}

/** `<aggregation>#<hour>`, or `<aggregation>#<period>#<range>`: what parts are registered under. */
export function partsUnitName(unit: PartsUnit): string {
  return unit.kind === 'hour' ? `${unit.aggregation}#${hourName(unit.hourMs)}` : periodName(unit)
}

/** The unit that is computed anew where such parts are to be. */
export function unitOfParts(unit: PartsUnit): Unit {
  return unit.kind === 'hour' ? hourUnit(unit.hourMs) : unit
}

/** The one part of a period. */
export const periodPart = ''

/** An hour's part goes into one key range of one day: `<day>#<range>`. */
export function hourPart(day: string, range: number): string {
  return `${day}#${range}`
}

/** The day that an hour's part goes into. */
export function dayOfHourPart(aggregation: string, part: string): PeriodUnit {
  return parsePeriod('day', `${aggregation}#${part}`)
}

/** Holds the objects of all attempts at a unit's parts, and of no other unit's. */
export function partsFolder(unit: PartsUnit): string {
  return `${prefixes.parts}${unit.kind}/${asFolders(partsUnitName(unit))}`
}

/** What the names of an attempt's objects end with. */
export interface ObjectNaming {
  readonly token: string
  /** How it compresses them: `.ndjson.zst`, or `.ndjson.gz` of former versions. */
  readonly ending: string
}

/** Where an attempt writes a unit's part. */
export function partObjectKey(unit: PartsUnit, part: string, attempt: ObjectNaming): string {
  const folder = part === periodPart ? '' : asFolders(part)
  return `${partsFolder(unit)}${folder}${objectName(attempt)}`
}

/** Whether a part's object is of an attempt. */
export function isOfAttempt(objectKey: string, attempt: ObjectNaming): boolean {
  return objectKey.endsWith(`/${objectName(attempt)}`)
}

const objectName = ({ token, ending }: ObjectNaming) => `${token}${ending}`

const asFolders = (name: string) => `${name.replaceAll('#', '/')}/`

function periodName({ aggregation, period, range }: PeriodUnit): string {
  return `${aggregation}#${period}#${range}`
}

function parsePeriod(kind: CalendarGrain, name: string): PeriodUnit {
  const [aggregation = '', period = '', range = ''] = name.split('#')
  return { kind, aggregation, period, range: Number(range) }
}
