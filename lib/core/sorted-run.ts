import {
  type Aggregation,
  decodeState,
  type EncodedState,
  encodeState,
  mergeStates,
} from './aggregation.ts'

/** One key's stored state, a row of a part. */
export interface PartRow {
  readonly key: string
  readonly state: EncodedState
}

/** Rows sorted by key (UTF-16 code units, as JavaScript compares text), each key once. */
export type SortedRun = AsyncIterable<PartRow>

/** What each of several runs holds for one key; undefined where a run lacks it. */
export interface AlignedRows {
  readonly key: string
  readonly states: readonly (EncodedState | undefined)[]
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
      const states = heads.map((head) => (head?.key === key ? head.state : undefined))
      for (const [at, iterator] of iterators.entries()) {
        if (states[at] === undefined) continue
        const next = await nextRow(iterator)
        if (next !== undefined && next.key <= key) {
          throw new Error(`A part is not sorted: ${next.key} comes after ${key}`)
        }
        heads[at] = next
      }
      yield { key, states }
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

/** One run of the merged states of all. */
export async function* mergeRuns(
  aggregation: Aggregation,
  runs: readonly SortedRun[],
): AsyncGenerator<PartRow> {
  for await (const { key, states } of alignRuns(runs)) {
    const present = states.filter((state) => state !== undefined)
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
  for await (const { key, states } of alignRuns([next, ...befores])) {
    const [state, ...before] = states
    if (before.some((other) => !sameState(state, other))) yield { key, state }
  }
}

/** Equals the state of no row, since measures are encoded as numbers. */
const unknown: EncodedState = ['unknown']

/**
 * One run that stands for several among the `befores` of `changedRows`: the keys of all, with their
 * state where all say the same, and one that equals no other where they don't.
 */
export async function* joinRuns(runs: readonly SortedRun[]): AsyncGenerator<PartRow> {
  for await (const { key, states } of alignRuns(runs)) {
    const [first = unknown] = states
    yield { key, state: states.every((state) => sameState(state, first)) ? first : unknown }
  }
}

/** Encodings are canonical, so equal states have equal texts. */
function sameState(a: EncodedState | undefined, b: EncodedState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.length === b.length && a.every((text, at) => text === b[at])
}
