import { isDeepStrictEqual } from 'node:util'
import type { ObjectNaming } from '../ledger/unit.ts'
import { absent, integer, list, map, recordOf, text } from '../store/record.ts'
import type { SendingWatch, Table } from '../store/table.ts'

/** A part that was written in full: where it is and what is in it. */
export interface RegisteredPart {
  /** Which of a unit's parts: `<day>#<range>` for an hour, empty for a period. */
  readonly name: string
  readonly objectKey: string
  readonly rows: number
  readonly digest: string
}

/** The mark of an attempt whose parts and rows may or may not have been written. */
export interface AttemptMark extends ObjectNaming {
  /** Epoch ms from which on the attempt can't write any more. */
  readonly deadlineMs: number
}

export interface UnitParts {
  readonly current: readonly RegisteredPart[]
  readonly attempts: readonly AttemptMark[]
  /** Objects that are parts no more, and may or may not have been removed. */
  readonly replaced: readonly string[]
  readonly revision: number
  /** When parts last became current, in epoch ms; 0 where they never did. */
  readonly committedMs: number
}

/** Another run has begun the same unit since: whoever gets this stops work on it. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

/**
 * Which parts are the valid ones of a unit: pk `part#<kind>`, sk the unit's name. An attempt is
 * marked before anything is written and its parts become current only after its rows are in the
 * table, so an attempt that was cut short anywhere leaves its mark for the next one to see.
 */
export interface PartRegistry {
  read(kind: string, unit: string): Promise<UnitParts>
  /**
   * Marks an attempt, and returns the unit as it is then. `before` is the unit as it was read before
   * the attempt's inputs were: should another attempt have begun since, its inputs may be newer than
   * ours. Throws Superseded.
   */
  begin(kind: string, unit: string, before: UnitParts, attempt: AttemptMark): Promise<UnitParts>
  /**
   * Sets what is current and what else is to stay, and returns the unit as it is then. Throws
   * Superseded, or what the check throws.
   */
  commit(
    kind: string,
    unit: string,
    begun: UnitParts,
    next: Omit<UnitParts, 'revision'>,
    watch?: SendingWatch,
  ): Promise<UnitParts>
}

/** Marks of former versions don't name it. */
const formerEnding = '.ndjson.gz'

const units = recordOf({
  revision: integer(),
  committedMs: integer(),
  current: list(map({ name: text(), objectKey: text(), rows: integer(), digest: text() })),
  attempts: list(
    map({ token: text(), ending: text({ otherwise: formerEnding }), deadlineMs: integer() }),
  ),
  replaced: list(text()),
})

const none: UnitParts = { current: [], attempts: [], replaced: [], revision: 0, committedMs: 0 }

const keyOfUnit = (kind: string, unit: string) => ({ pk: `part#${kind}`, sk: unit })

export function createPartRegistry(table: Table): PartRegistry {
  const write = async (
    kind: string,
    unit: string,
    next: UnitParts,
    from: number,
    watch?: SendingWatch,
  ) => {
    const item = units.item(keyOfUnit(kind, unit), next)
    const asRead = from === 0 ? absent : units.is('revision', from)
    const result = await table.put(item, [asRead], watch)
    if (result.written) return
    // A put whose answer was lost is sent again, and then it meets its own item. An item is of one
    // run alone, since every attempt names other objects.
    const found = result.current ?? (await table.get(keyOfUnit(kind, unit)))
    if (!isDeepStrictEqual(found, item)) {
      throw new Superseded(`Another run works on ${kind} ${unit}`)
    }
  }
  return {
    async read(kind, unit) {
      const item = await table.get(keyOfUnit(kind, unit))
      return item ? units.read(item) : none
    },

    async begin(kind, unit, before, attempt) {
      const attempts = [...before.attempts, attempt]
      const begun = { ...before, attempts, revision: before.revision + 1 }
      await write(kind, unit, begun, before.revision)
      return begun
    },

    async commit(kind, unit, begun, next, watch) {
      const committed = { ...next, revision: begun.revision + 1 }
      await write(kind, unit, committed, begun.revision, watch)
      return committed
    },
  }
}
