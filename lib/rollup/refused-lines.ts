import { acceptanceOf, type Definition, hourName, isHourOpen } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import { putNewToken } from '../ledger/put-new-token.ts'
import { hourUnits, parseHour } from '../ledger/unit.ts'
import { contentDigest } from '../store/content-digest.ts'
import { integer, keyOf, recordOf, text } from '../store/record.ts'
import type { Table } from '../store/table.ts'
import type { Deadline } from './deadline.ts'

/** An hour that was folded from history without the lines that a definition refused. */
export interface RefusedLines {
  readonly hourMs: number
  /** The digest of the definition that refused them. */
  readonly definition: string
  /** How many there were when the hour was last folded under that definition. */
  readonly lines: number
  /** Another at every note, so that no fold's note is taken for an earlier one. */
  readonly token: string
}

/**
 * What folds left out: pk `unread#hour`, sk `<hour>#<definition>`. Each definition has a note of its
 * own, since folds under two of them may meet at an hour, and neither knows whose parts stay.
 */
export interface RefusedLinesStore {
  note(hourMs: number, definition: string, lines: number): Promise<void>
  /** Those of one hour, or of all, oldest first. */
  list(hourMs?: number): AsyncIterable<RefusedLines>
  /** Whether it was removed, which it is not when it was noted again meanwhile. */
  clear(refused: RefusedLines): Promise<boolean>
}

/** The same for two definitions that take the same events. */
export function acceptanceDigest(definition: Definition): string {
  return contentDigest([Buffer.from(acceptanceOf(definition))])
}

const pk = 'unread#hour'

const notes = recordOf({ lines: integer(), token: text() })

/** `newToken` returns another text each time, on every machine. */
export function createRefusedLines(table: Table, newToken: () => string): RefusedLinesStore {
  const sortKey = (hourMs: number, definition: string) => `${hourName(hourMs)}#${definition}`
  return {
    async note(hourMs, definition, lines) {
      const key = { pk, sk: sortKey(hourMs, definition) }
      const itemWith = (token: string) => notes.item(key, { lines, token })
      await putNewToken(table, itemWith, newToken)
    },

    async *list(hourMs) {
      const prefix = hourMs === undefined ? '' : sortKey(hourMs, '')
      for await (const item of table.query(pk, prefix === '' ? {} : { prefix })) {
        const [hour = '', definition = ''] = keyOf(item).sk.split('#')
        yield { hourMs: parseHour(hour), definition, ...notes.read(item) }
      }
    },

    clear: ({ hourMs, definition, token }) =>
      table.delete({ pk, sk: sortKey(hourMs, definition) }, [notes.is('token', token)]),
  }
}

interface Marking {
  readonly definition: Definition
  readonly graceMs: number
  readonly deadline: Deadline
  readonly stores: {
    readonly changed: Pick<ChangedUnits, 'list' | 'mark'>
    readonly refusedLines: Pick<RefusedLinesStore, 'list'>
  }
}

/**
 * Marks the hours as changed that were folded without lines which another definition refused. Their
 * notes stay until a fold that is done removes them. Returns all notes, by hour.
 */
export async function markRefusedHours({
  definition,
  graceMs,
  deadline,
  stores,
}: Marking): Promise<ReadonlyMap<number, readonly RefusedLines[]>> {
  const { changed, refusedLines } = stores
  const notes = await Array.fromAsync(refusedLines.list())
  const own = acceptanceDigest(definition)
  const ofOthers = notes.filter((note) => note.definition !== own)
  const isOver = (hourMs: number) => !isHourOpen(hourMs, deadline.nowMs(), graceMs)
  const hours = new Set(ofOthers.map(({ hourMs }) => hourMs).filter(isOver))
  if (hours.size > 0) {
    // A new mark would take the place of one that says that a worker has the hour.
    for await (const { unit } of changed.list('hour')) hours.delete(unit.hourMs)
    await changed.mark(hourUnits(hours), deadline.nowMs())
  }
  return Map.groupBy(notes, ({ hourMs }) => hourMs)
}
