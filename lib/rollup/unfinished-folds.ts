import { hourName } from '../core/index.ts'
import { parseHour } from '../ledger/unit.ts'
import type { Log } from '../log/log.ts'
import { integer, keyOf, recordOf } from '../store/record.ts'
import type { Table } from '../store/table.ts'
import { OutOfTime } from './deadline.ts'

/** The fold of an hour that began, and is not known to have come to an end since. */
export interface UnfinishedFold {
  readonly hourMs: number
  /** How many folds began, the last that came to an end not counted. */
  readonly times: number
}

/**
 * Folds of hours that scheduled runs have begun: pk `begun#hour`, sk the hour. A fold that takes its
 * process with it, or all of its time, leaves its note. Only the order of later folds follows from
 * it, so notes are guarded by nothing: one that is wrong costs time.
 */
export interface UnfinishedFolds {
  note(fold: UnfinishedFold): Promise<void>
  /** The fold came to an end, good or bad. */
  clear(hourMs: number): Promise<void>
  list(): AsyncIterable<UnfinishedFold>
}

const pk = 'begun#hour'

const notes = recordOf({ times: integer() })

export function createUnfinishedFolds(table: Table): UnfinishedFolds {
  return {
    async note({ hourMs, times }) {
      await table.put(notes.item({ pk, sk: hourName(hourMs) }, { times }))
    },

    async clear(hourMs) {
      await table.writeAll([{ delete: { pk, sk: hourName(hourMs) } }])
    },

    async *list() {
      for await (const item of table.query(pk)) {
        yield { hourMs: parseHour(keyOf(item).sk), ...notes.read(item) }
      }
    },
  }
}

/** How often the fold of an hour has begun since it last came to an end, by hour (epoch ms). */
export type TimesBegun = ReadonlyMap<number, number>

export async function readTimesBegun(folds: Pick<UnfinishedFolds, 'list'>): Promise<TimesBegun> {
  const unfinished = await Array.fromAsync(folds.list())
  return new Map(unfinished.map(({ hourMs, times }) => [hourMs, times]))
}

/** Tells which of the hours had their fold begun in earlier runs, and not come to an end. */
export function logUnfinished(hours: Iterable<number>, times: TimesBegun, log: Log): void {
  for (const hourMs of hours) {
    const begun = times.get(hourMs)
    if (begun === undefined) continue
    log('error', 'the fold of an hour did not end', { hour: hourName(hourMs), times: begun })
  }
}

/** Does the fold of an hour under a note that it has begun, which stays should it not end. */
export async function underNote<Folded>(
  folds: Pick<UnfinishedFolds, 'note' | 'clear'>,
  hourMs: number,
  times: TimesBegun,
  log: Log,
  fold: () => Promise<Folded>,
): Promise<Folded> {
  const begun = { hourMs, times: (times.get(hourMs) ?? 0) + 1 }
  await folds.note(begun)
  let folded: Folded
  try {
    folded = await fold()
  } catch (cause) {
    if (cause instanceof OutOfTime) {
      log('info', 'no time left to fold an hour', { hour: hourName(hourMs), times: begun.times })
    } else {
      // What counts is the failure of the fold; a note that is left only sends the hour to the end.
      await folds.clear(hourMs).catch(() => undefined)
    }
    throw cause
  }
  await folds.clear(hourMs)
  return folded
}
