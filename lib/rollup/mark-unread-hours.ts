import { isHourOpen } from '../core/index.ts'
import type { HourUnit } from '../ledger/changed-units.ts'
import type { RollupContext } from './rollup-context.ts'
import { acceptanceDigest, type UnreadHour } from './unread-hours.ts'

/**
 * Marks the hours as changed that were folded without lines which another definition refused. Their
 * notes stay until a fold that is done removes them. Returns all notes, by hour.
 */
export async function markUnreadHours(
  context: RollupContext,
): Promise<ReadonlyMap<number, readonly UnreadHour[]>> {
  const { changed, unread } = context.stores
  const notes = await Array.fromAsync(unread.list())
  const definition = acceptanceDigest(context.pipeline)
  const ofOthers = notes.filter((note) => note.definition !== definition)
  const isOver = (hourMs: number) => !isHourOpen(hourMs, context.nowMs(), context.graceMs)
  const hours = new Set(ofOthers.map(({ hourMs }) => hourMs).filter(isOver))
  if (hours.size > 0) {
    // A new mark would take the place of one that says that a worker has the hour.
    for await (const { unit } of changed.list('hour')) hours.delete(unit.hourMs)
    const units = [...hours].map((hourMs): HourUnit => ({ kind: 'hour', hourMs }))
    await changed.mark(units, context.nowMs())
  }
  return Map.groupBy(notes, ({ hourMs }) => hourMs)
}
