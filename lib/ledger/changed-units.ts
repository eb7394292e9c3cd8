import pMap from 'p-map'
import { flag, instant, integer, keyOf, recordOf, text, type ValueIn } from '../store/record.ts'
import type { Item, Table } from '../store/table.ts'
import { putNewToken } from './put-new-token.ts'
import {
  type HourUnit,
  parseUnit,
  type Unit,
  type UnitKind,
  type UnitOf,
  unitName,
} from './unit.ts'

export interface ChangedUnit<Of extends Unit = Unit> {
  readonly unit: Of
  /** Another at every change, so that what came in meanwhile is never taken for done. */
  readonly token: string
  /** When it last changed: a mark takes the place of those before it. */
  readonly markedAtMs: number
  /** Folded at this token while the hour was open, so it waits for the hour's end. */
  readonly foldedOpen: boolean
  /** Until then (epoch ms) a worker has the unit, and scheduled runs leave it alone; 0 if none. */
  readonly heldUntilMs: number
}

/**
 * What has changed and is to be computed anew: pk `changed#<kind>`, sk the unit's name. A unit is
 * cleared only at the token that was read before its inputs were.
 */
export interface ChangedUnits {
  mark(units: readonly Unit[], nowMs: number): Promise<void>
  /** Marks one unit for the caller itself to work on. */
  markOne<Of extends Unit>(unit: Of, nowMs: number, heldUntilMs: number): Promise<ChangedUnit<Of>>
  list<Kind extends UnitKind>(kind: Kind): AsyncIterable<ChangedUnit<UnitOf<Kind>>>
  /** Whether a unit is marked as changed. */
  isMarked(unit: Unit): Promise<boolean>
  /** Whether it was cleared, which it is not when it was marked again meanwhile. */
  clear(changed: ChangedUnit): Promise<boolean>
  /** Notes that an open hour was folded, unless it was marked again meanwhile. */
  noteFoldedOpen(changed: ChangedUnit<HourUnit>): Promise<void>
}

const marksUnderWay = 16

const marks = recordOf({
  token: text(),
  markedAtMs: instant('markedAt'),
  foldedOpen: flag(),
  heldUntilMs: integer({ otherwise: 0 }),
})

/** `newToken` returns another text each time, on every machine. */
export function createChangedUnits(table: Table, newToken: () => string): ChangedUnits {
  return {
    async mark(units, nowMs) {
      const markOne = (unit: Unit) => {
        const itemWith = (token: string) => markOf(unit, { token, markedAtMs: nowMs })
        return putNewToken(table, itemWith, newToken, { anothersDoes: true })
      }
      await pMap(units, markOne, { concurrency: marksUnderWay })
    },

    async markOne(unit, nowMs, heldUntilMs) {
      const itemWith = (token: string) => markOf(unit, { token, markedAtMs: nowMs, heldUntilMs })
      const token = await putNewToken(table, itemWith, newToken)
      return { unit, token, markedAtMs: nowMs, foldedOpen: false, heldUntilMs }
    },

    async *list(kind) {
      for await (const item of table.query(partition(kind))) {
        yield { unit: parseUnit(kind, keyOf(item).sk), ...marks.read(item) }
      }
    },

    isMarked: async (unit) => (await table.get(keyOfMark(unit))) !== undefined,

    clear: ({ unit, token }) => table.delete(keyOfMark(unit), [marks.is('token', token)]),

    async noteFoldedOpen({ unit, token, markedAtMs }) {
      const item = markOf(unit, { token, markedAtMs, foldedOpen: true })
      await table.put(item, [marks.is('token', token)])
    },
  }
}

const partition = (kind: UnitKind) => `changed#${kind}`

const keyOfMark = (unit: Unit) => ({ pk: partition(unit.kind), sk: unitName(unit) })

type Mark = ValueIn<typeof marks>

function markOf(unit: Unit, mark: Pick<Mark, 'token' | 'markedAtMs'> & Partial<Mark>): Item {
  return marks.item(keyOfMark(unit), { foldedOpen: false, heldUntilMs: 0, ...mark })
}
