import { isHourOpen, Reject, type RejectReason } from '../core/index.ts'

/** Records that are refused still, for one reason of one field. */
export interface RefusedCount {
  readonly reason: RejectReason
  /** Null where the record as a whole is at fault. */
  readonly field: string | null
  readonly records: number
}

/** An object that is not what its place says. It was left where it is. */
export interface ObjectProblem {
  readonly objectKey: string
  /** What is wrong with it and, where there is something, what to do. */
  readonly message: string
}

/** What a redrive did, or would do. */
export interface RedriveFigures {
  /** Objects that were read whole. */
  readonly objects: number
  /** Records in them, each once in how many objects it may stand. */
  readonly records: number
  /** Records that were put back as events. */
  readonly taken: number
  /** Of these, how many fall into an hour that is open, and are counted when it is over. */
  readonly takenOpen: number
  /** Taken records by the UTC hour (epoch ms) of their event time, in order. */
  readonly takenByHour: ReadonlyMap<number, number>
  /** The most first. */
  readonly refused: readonly RefusedCount[]
  /** In the order of the objects' names. */
  readonly problems: readonly ObjectProblem[]
}

export interface RecordId {
  readonly shard: string
  readonly sequenceNumber: string
  readonly subSequenceNumber: number
}

/** Counts what becomes of records, each once however many objects hold it. */
export class RedriveTally {
  readonly #seen = new Set<string>()
  readonly #takenByHour = new Map<number, number>()
  readonly #refused = new Map<string, RefusedCount>()
  readonly #problems: ObjectProblem[] = []
  #objects = 0

  addObject(): void {
    this.#objects++
  }

  /** `outcome` is the hour (epoch ms) that the record's event falls into, or why it is refused. */
  addRecord({ shard, sequenceNumber, subSequenceNumber }: RecordId, outcome: number | Reject) {
    const id = `${shard}#${sequenceNumber}#${subSequenceNumber}`
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    if (outcome instanceof Reject) this.#addRefused(outcome)
    else this.#takenByHour.set(outcome, (this.#takenByHour.get(outcome) ?? 0) + 1)
  }

  addProblem(problem: ObjectProblem): void {
    this.#problems.push(problem)
  }

  figures(nowMs: number, graceMs: number): RedriveFigures {
    const hours = [...this.#takenByHour].sort(([a], [b]) => a - b)
    const open = hours.filter(([hourMs]) => isHourOpen(hourMs, nowMs, graceMs))
    return {
      objects: this.#objects,
      records: this.#seen.size,
      taken: countAll(hours),
      takenOpen: countAll(open),
      takenByHour: new Map(hours),
      refused: [...this.#refused.values()].sort(mostFirst),
      problems: this.#problems.toSorted((a, b) => (a.objectKey < b.objectKey ? -1 : 1)),
    }
  }

  #addRefused(reject: Reject): void {
    const { reason } = reject
    const field = reject.field ?? null
    const id = `${field}#${reason}`
    const records = this.#refused.get(id)?.records ?? 0
    this.#refused.set(id, { reason, field, records: records + 1 })
  }
}

/** Those of the same number in the order of their names, whichever was read first. */
function mostFirst(a: RefusedCount, b: RefusedCount): number {
  const name = ({ reason, field }: RefusedCount) => `${reason} ${field}`
  return b.records - a.records || (name(a) < name(b) ? -1 : 1)
}

function countAll(hours: readonly (readonly [hourMs: number, records: number])[]): number {
  return hours.reduce((total, [, records]) => total + records, 0)
}
