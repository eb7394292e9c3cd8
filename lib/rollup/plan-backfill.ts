import { prefixes } from '../contract/prefixes.ts'
import {
  type Calendar,
  type CalendarGrain,
  type Definition,
  isWindowOpen,
  type Window,
  windowsWithin,
} from '../core/index.ts'
import type { Objects } from '../store/objects.ts'
import type { Deadline } from './deadline.ts'
import type { UnitLine } from './request.ts'

/** Where the units of each step of a backfill are listed, and where its results go. */
export interface BackfillPlan {
  readonly hours: string
  readonly days: string
  readonly weeksAndMonths: string
  readonly results: string
}

export interface BackfillRange {
  /** Names the backfill's folder, `backfill/<id>/`. */
  readonly id: string
  /** Days in the definition's zone, `to` exclusive. */
  readonly from: string
  readonly to: string
}

/** The range holds no hour that can be computed anew; asking again will not help. */
export class BadRange extends Error {
  override readonly name = 'BadRange'
}

/** What a backfill is planned with. */
export interface BackfillPlanning {
  readonly definition: Definition
  readonly calendar: Calendar
  readonly keyRanges: number
  /** How long after its end an hour is taken for open. */
  readonly graceMs: number
  readonly deadline: Deadline
}

/**
 * Lists the hours of a range that are over, the days that they lie in, and the weeks and months of
 * these, one unit a line. Throws BadRange.
 */
export async function planBackfill(
  planning: BackfillPlanning,
  objects: Objects,
  { id, from, to }: BackfillRange,
): Promise<BackfillPlan> {
  const { calendar, definition } = planning
  const dayMs = calendar.windowNamed('day', from)?.fromMs
  const toMs = calendar.windowNamed('day', to)?.fromMs
  if (dayMs === undefined || toMs === undefined) {
    throw new BadRange(`"${from}" to "${to}" are no days in ${calendar.timeZone}`)
  }
  // No event is older, and a year mistyped as 0206 would list millions of hours.
  const fromMs = Math.max(dayMs, definition.earliestMs)
  const nowMs = planning.deadline.nowMs()
  const endMs = Math.min(toMs, nowMs - planning.graceMs)
  // Where days begin off the whole hour, the last hour of the range ends beyond it.
  const hours = windowsWithin(calendar, 'hour', fromMs, endMs).filter(
    (hour) => !isWindowOpen(hour, nowMs, planning.graceMs),
  )
  if (hours.length === 0) throw new BadRange(`No hour from ${from} to ${to} is over`)

  const windows = (grain: CalendarGrain) => windowsWithin(calendar, grain, fromMs, endMs)
  const folder = `${prefixes.backfill}${id}`
  const write = async (name: string, units: readonly UnitLine[]) => {
    const key = `${folder}/${name}.jsonl`
    const lines = units.map((unit) => `${JSON.stringify(unit)}\n`).join('')
    await objects.put(key, Buffer.from(lines))
    return key
  }
  return {
    hours: await write(
      'hours',
      hours.map(({ name }) => ({ kind: 'hour', hour: name })),
    ),
    days: await write('days', periodUnits(planning, windows('day'))),
    weeksAndMonths: await write(
      'weeks-and-months',
      periodUnits(planning, [...windows('week'), ...windows('month')]),
    ),
    results: `${folder}/results`,
  }
}

function periodUnits(
  { definition, keyRanges }: BackfillPlanning,
  windows: readonly Window[],
): UnitLine[] {
  const ranges = Array.from({ length: keyRanges }, (_, range) => range)
  return windows.flatMap(({ grain, name }) =>
    definition.aggregations.flatMap((aggregation) =>
      ranges.map((range) => ({
        kind: grain as CalendarGrain,
        aggregation: aggregation.name,
        period: name,
        range,
      })),
    ),
  )
}
