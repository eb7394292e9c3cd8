import {
  type Aggregation,
  bucketOf,
  type CalendarGrain,
  hourName,
  hourStart,
  minuteName,
  parseUtcName,
  type Window,
} from '../core/index.ts'
import type { ItemKey } from '../store/table.ts'

// An escaped key holds no `#`, and neither does any other part of these names.

/** The minute rows of an hour (UTC) in one bucket: `<aggregation>#<hour>#<bucket>`. */
export function minutePartition(aggregation: Aggregation, hourMs: number, bucket: number): string {
  return `${aggregation.name}#${hourName(hourMs)}#${bucket}`
}

/** One lane of a key's minute: sort key `<key>#<minute>#<lane>`. */
export function minuteRowKey(
  aggregation: Aggregation,
  bucketCount: number,
  key: string,
  minuteMs: number,
  lane: string,
): ItemKey {
  return {
    pk: minutePartition(aggregation, hourStart(minuteMs), bucketOf(key, bucketCount)),
    sk: `${key}#${minuteName(minuteMs)}#${lane}`,
  }
}

export interface MinuteRowName {
  readonly key: string
  readonly minuteMs: number
  readonly lane: string
}

/** Throws where the sort key names no minute. */
export function parseMinuteRowKey({ sk }: ItemKey): MinuteRowName {
  const [key = '', minute = '', lane = ''] = sk.split('#')
  const minuteMs = parseUtcName('minute', minute)
  if (minuteMs === undefined) throw new Error(`A minute row's sort key names no minute: ${sk}`)
  return { key, minuteMs, lane }
}

/** The hour (epoch ms) of a minute row. Throws where the partition key names none. */
export function hourOfMinuteRow({ pk }: ItemKey): number {
  const [, name = ''] = pk.split('#')
  const hourMs = parseUtcName('hour', name)
  if (hourMs === undefined) throw new Error(`A minute row's partition key names no hour: ${pk}`)
  return hourMs
}

/** The sort keys of a key's minutes from the one at `fromMs` to the one at `toMs`, both inclusive. */
export function minutesBetween(key: string, fromMs: number, toMs: number): [string, string] {
  // `$` follows `#`, so this takes every lane of the last minute.
  return [`${key}#${minuteName(fromMs)}`, `${key}#${minuteName(toMs)}$`]
}

/** A key's rollup rows: `<aggregation>#<key>`. */
export function rollupPartition(aggregation: Aggregation, key: string): string {
  return `${aggregation.name}#${key}`
}

/** A row of one period: sort key `<grain>#<period>`. */
export function rollupRowKey(aggregation: Aggregation, key: string, window: Window): ItemKey {
  return {
    pk: rollupPartition(aggregation, key),
    sk: `${window.grain}#${window.name}`,
  }
}

/** The sort keys of a grain's periods from one to another, both inclusive. */
export function periodsBetween(
  grain: CalendarGrain,
  fromPeriod: string,
  toPeriod: string,
): [string, string] {
  return [`${grain}#${fromPeriod}`, `${grain}#${toPeriod}`]
}

/** What the sort keys of a grain's rows begin with. */
export const grainPrefix = (grain: CalendarGrain) => `${grain}#`

export function parseRollupRowKey({ pk, sk }: ItemKey): { key: string; period: string } {
  return { key: afterName(pk), period: afterName(sk) }
}

/** The leaders of a period, one item a key range; no key's partition is named so. */
export function leadersPartition(aggregation: Aggregation, window: Window): string {
  return `${aggregation.name}#${window.grain}#${window.name}#leaders`
}

/** Whether an item, of minutes or rollups, is of an aggregation. */
export function isOfAggregation(aggregation: Aggregation, { pk }: ItemKey): boolean {
  return pk.startsWith(`${aggregation.name}#`)
}

const afterName = (name: string) => name.slice(name.indexOf('#') + 1)
