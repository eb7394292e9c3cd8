import { type ChangedRow, changedRows, type PartRow, type SortedRun } from '../core/index.ts'
import { invariant } from '../core/invariant.ts'
import type { RegisteredPart } from './part-registry.ts'
import { areThere, type Parts } from './parts.ts'
import { hasRows, type UnitOfParts } from './unit-of-parts.ts'

interface Compared {
  readonly parts: Parts
  readonly unit: UnitOfParts
  readonly written: readonly RegisteredPart[]
  readonly current: readonly RegisteredPart[]
  /** The objects of attempts that were cut short, whether or not these came to write them. */
  readonly unfinished: readonly string[]
  readonly rewrite: boolean
}

/** The parts of one attempt beside those that they may take the place of. */
export interface Comparison extends Pick<Compared, 'unfinished'> {
  /** Whether the parts that were written have to become current. */
  readonly isReplaced: boolean
  /** Whether what is made from the unit's parts may be other than they say. */
  readonly mayDiffer: boolean
  /** The names of the parts that what is made from may be other than. */
  readonly differing: readonly string[]
  /** The rows that the table may lack, of a unit whose rows stand in one. Throws PartGone or StorageTrouble. */
  changedRows(): AsyncIterable<ChangedRow>
  /** To be called once all that is made from the parts is up to date: rows, and marks of coarser periods. */
  published(): void
  /** Whether that is so, or need not be made so. */
  readonly isPublished: boolean
}

/** Throws StorageTrouble. */
export async function compareParts(compared: Compared): Promise<Comparison> {
  const { parts, unit, written, current, unfinished, rewrite } = compared
  const isReplaced =
    rewrite || !sameParts(written, current) || !(await areThere(parts, unit.unit, current))
  const mayDiffer = isReplaced || unfinished.length > 0
  const differs = (name: string) => digestOf(written, name) !== digestOf(current, name)
  let isPublished = !mayDiffer
  let areRowsRead = !hasRows(unit)
  return {
    isReplaced,
    mayDiffer,
    differing: unit.parts.filter((name) => rewrite || unfinished.length > 0 || differs(name)),
    unfinished,
    async *changedRows() {
      yield* rowsToWrite(compared)
      areRowsRead = true
    },
    published() {
      invariant(areRowsRead, 'Rows are published where all that changed were read')
      isPublished = true
    },
    get isPublished() {
      return isPublished
    },
  }
}

async function* rowsToWrite(compared: Compared): AsyncGenerator<ChangedRow> {
  const { parts, written, current, unfinished, rewrite } = compared
  const [next] = written
  const [former] = current
  const formerRows = former && (await parts.readIfThere(former.objectKey))
  const cutShort = await Promise.all(unfinished.map((key) => parts.readIfThere(key)))
  const befores = [
    // What the rows are like whose part was lost is not known: all are written.
    formerRows ?? emptyRun(),
    ...(rewrite ? [emptyRun()] : []),
    ...cutShort.filter((run) => run !== undefined),
  ]
  const after: SortedRun = next === undefined ? emptyRun() : parts.read(next.objectKey)
  yield* changedRows(after, befores)
}

async function* emptyRun(): AsyncGenerator<PartRow> {}

function sameParts(a: readonly RegisteredPart[], b: readonly RegisteredPart[]): boolean {
  return a.length === b.length && a.every((part) => digestOf(b, part.name) === part.digest)
}

function digestOf(parts: readonly RegisteredPart[], name: string): string | undefined {
  return parts.find((part) => part.name === name)?.digest
}
