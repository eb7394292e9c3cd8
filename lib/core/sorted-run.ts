import {
  type Aggregation,
  decodeState,
  type EncodedState,
  encodeState,
  mergeStates,
  sameState,
} from './aggregation.ts'

/** One key's stored state, a row of a part. */
export interface PartRow {
  readonly key: string
  /** Undefined where the row stands for several that differ: such a one equals no other. */
  readonly state: EncodedState | undefined
}

/** Rows sorted by key (UTF-16 code units, as JavaScript compares text), each key once. */
export type SortedRun = AsyncIterable<PartRow>

/** What each of several runs holds for one key; undefined where a run lacks it. */
export interface AlignedRows {
  readonly key: string
  readonly rows: readonly (PartRow | undefined)[]
}

/** Throws where the row stands for several that differ, which nothing can be made of. */
export function knownState({ state }: PartRow): EncodedState {
  if (state === undefined) throw new Error('A row stands for several that differ')
  return state
}

/**
 * Walks sorted runs side by side, key by key: the k-way merge (Knuth, TAOCP 3, 5.4.1) that every
 * merge and every comparison of parts is made of. Holds one row of each run, whatever their length.
 * Throws where a run is not sorted, since merging it would silently lose rows.
 */
export async function* alignRuns(runs: readonly SortedRun[]): AsyncGenerator<AlignedRows> {
  const iterators = runs.map((run) => run[Symbol.asyncIterator]())
  try {
    const heads: (PartRow | undefined)[] = await Promise.all(iterators.map(nextRow))
    for (;;) {
      const key = leastKey(heads)
      if (key === undefined) return
      const rows = heads.map((head) => (head?.key === key ? head : undefined))
      for (const [at, iterator] of iterators.entries()) {
        if (rows[at] === undefined) continue
        const next = await nextRow(iterator)
        if (next !== undefined && next.key <= key) {
          throw new Error(`A part is not sorted: ${next.key} comes after ${key}`)
        }
        heads[at] = next
      }
      yield { key, rows }
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()))
  }
}

async function nextRow(iterator: AsyncIterator<PartRow>): Promise<PartRow | undefined> {
  const { done, value } = await iterator.next()
  return done ? undefined : value
}

function leastKey(heads: readonly (PartRow | undefined)[]): string | undefined {
  let least: string | undefined
  for (const head of heads) {
    if (head !== undefined && (least === undefined || head.key < least)) least = head.key
  }
  return least
}

/** One run of the merged states of all, each of which has to be known. */
export async function* mergeRuns(
  aggregation: Aggregation,
  runs: readonly SortedRun[],
): AsyncGenerator<PartRow> {
  for await (const { key, rows } of alignRuns(runs)) {
    const present = rows.filter((row) => row !== undefined).map(knownState)
    const [only] = present
    if (present.length === 1 && only !== undefined) {
      yield { key, state: only }
      continue
    }
    const merged = present
      .map((state) => decodeState(aggregation, state))
      .reduce((a, b) => mergeStates(aggregation, a, b))
    yield { key, state: encodeState(aggregation, merged) }
  }
}

export interface ChangedRow {
  readonly key: string
  /** What the row shall be; undefined where it shall be no more. */
  readonly state: EncodedState | undefined
}

/**
 * The rows of `next` that a table may lack, given that for each key the table holds what one of
 * `befores` says: the part that was last written in full (an empty run where there is none), and
 * those whose writing was cut short.
 */
export async function* changedRows(
  next: SortedRun,
  befores: readonly SortedRun[],
): AsyncGenerator<ChangedRow> {
  for await (const { key, rows } of alignRuns([next, ...befores])) {
    const [row, ...before] = rows
    const state = row && knownState(row)
    if (before.some((other) => !sameRow(row, other))) yield { key, state }
  }
}

/**
 * One run that stands for several among the `befores` of `changedRows`: the keys of all, with their
 * state where all say the same, and with none where they don't.
 */
export async function* joinRuns(runs: readonly SortedRun[]): AsyncGenerator<PartRow> {
  for await (const { key, rows } of alignRuns(runs)) {
    const [first] = rows
    const state = rows.every((row) => sameRow(row, first)) ? first?.state : undefined
    yield { key, state }
  }
}

/** No row is the same as no row, but a row without a state is the same as nothing. */
function sameRow(a: PartRow | undefined, b: PartRow | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.state !== undefined && b.state !== undefined && sameState(a.state, b.state)
}
