/** What is told of each thread: how many of its pieces are read, have their ids added, and are counted. */
export type Progress = 'read' | 'added' | 'counted' | 'shared'

const progresses: readonly Progress[] = ['read', 'added', 'counted', 'shared']

/** What all threads are told of. */
type Told = 'published' | 'messages' | 'stopped' | 'failed' | 'sharesWanted'

const change = 0
const told: Readonly<Record<Told, number>> = {
  published: 1,
  messages: 2,
  stopped: 3,
  failed: 4,
  sharesWanted: 5,
}
const firstProgress = 8

/** What there is to tell of a piece, besides up to which of its digests those of each thread stand. */
export interface PieceHead {
  readonly bytes: number
  readonly lines: number
  readonly events: number
  readonly blankLines: number
  readonly duplicates: number
  /** Messages with rejects that were posted for it: one or none. */
  readonly rejects: number
}

const headMembers = ['bytes', 'lines', 'events', 'blankLines', 'duplicates', 'rejects'] as const

/** Pieces that a thread can have at a time: some to read, one whose ids are looked up, one to count. */
export const slotsAThread = 4

/**
 * The memory by which the threads of a fold tell each other how far they are. Each number is written by
 * one of them; who waits is woken by any change.
 */
export class FoldBoard {
  readonly buffer: SharedArrayBuffer
  readonly threads: number
  readonly #numbers: Int32Array<SharedArrayBuffer>

  constructor(threads: number, buffer = new SharedArrayBuffer(4 * numbersFor(threads))) {
    this.threads = threads
    this.buffer = buffer
    this.#numbers = new Int32Array(buffer)
  }

  get(what: Told): number {
    return Atomics.load(this.#numbers, told[what])
  }

  set(what: Told, number: number): void {
    Atomics.store(this.#numbers, told[what], number)
    this.#changed()
  }

  progress(thread: number, what: Progress): number {
    return Atomics.load(this.#numbers, this.#progressAt(thread, what))
  }

  setProgress(thread: number, what: Progress, number: number): void {
    Atomics.store(this.#numbers, this.#progressAt(thread, what), number)
    this.#changed()
  }

  /** The least progress of any thread. */
  leastProgress(what: Progress): number {
    let least = Number.POSITIVE_INFINITY
    for (let thread = 0; thread < this.threads; thread++) {
      least = Math.min(least, this.progress(thread, what))
    }
    return least
  }

  /** Told before what it stands with is told on the board. */
  setHead(slot: number, head: Partial<PieceHead>): void {
    const at = this.#slotAt(slot)
    for (const [number, member] of headMembers.entries()) {
      const value = head[member]
      if (value !== undefined) this.#numbers[at + number] = value
    }
  }

  head(slot: number): PieceHead {
    const at = this.#slotAt(slot)
    const [bytes = 0, lines = 0, events = 0, blankLines = 0, duplicates = 0, rejects = 0] =
      this.#numbers.subarray(at, at + headMembers.length)
    return { bytes, lines, events, blankLines, duplicates, rejects }
  }

  /** Up to which of the digests of a piece those of each thread stand. */
  ends(slot: number): Int32Array<SharedArrayBuffer> {
    const at = this.#slotAt(slot) + headMembers.length
    return this.#numbers.subarray(at, at + this.threads)
  }

  /** What `wait` is to be told: a change after it ends the wait at once. */
  get changes(): number {
    return Atomics.load(this.#numbers, change)
  }

  /** Waits for a change after those; false where none came in time. */
  wait(changes: number, mostMs = Number.POSITIVE_INFINITY): boolean {
    return Atomics.wait(this.#numbers, change, changes, mostMs) !== 'timed-out'
  }

  #changed(): void {
    Atomics.add(this.#numbers, change, 1)
    Atomics.notify(this.#numbers, change)
  }

  #progressAt(thread: number, what: Progress): number {
    return firstProgress + thread * progresses.length + progresses.indexOf(what)
  }

  #slotAt(slot: number): number {
    return slotsFrom(this.threads) + slot * slotNumbers(this.threads)
  }
}

const slotsFrom = (threads: number) => firstProgress + progresses.length * threads

const slotNumbers = (threads: number) => headMembers.length + threads

const numbersFor = (threads: number) =>
  slotsFrom(threads) + slotsAThread * threads * slotNumbers(threads)
