import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { FoldShare, PieceFold, RejectedLines } from '../lib/core/index.ts'
import { FoldBoard, slotsAThread } from './fold-board.ts'
import { PieceSlot } from './piece-slot.ts'

/** What the thread of a fold is told once, as it starts. */
export interface FoldThreadStart {
  readonly thread: number
  readonly threads: number
  readonly board: SharedArrayBuffer
  readonly port: MessagePort
}

/** What a thread is told later, by messages that the board counts. */
export type ToThread<Job> =
  | { readonly begin: Job; readonly holds: boolean }
  | { readonly slot: number; readonly textBytes: number; readonly buffer: SharedArrayBuffer }

/** What a thread tells, in this order: of its pieces the rejects, and what all of them come to. */
export type FromThread =
  | { readonly rejects: readonly RejectedLines[] }
  | { readonly share: FoldShare }
  | { readonly error: Error }

/**
 * Folds every so many-th piece of a text, in a thread of its own, until it is told to stop. `begin` makes
 * of a job what folds its pieces. What is thrown here is thrown where the threads were started.
 */
export function runFoldThread<Job>(start: FoldThreadStart, begin: (job: Job) => PieceFold): void {
  const board = new FoldBoard(start.threads, start.board)
  try {
    const thread = new FoldThread(start, board, begin)
    for (;;) {
      const { changes } = board
      if (board.get('stopped') !== 0) return
      if (!thread.step()) board.wait(changes)
    }
  } catch (error) {
    const told = error instanceof Error ? error : new Error(String(error))
    start.port.postMessage({ error: told } satisfies FromThread)
    board.set('failed', 1)
  }
}

class FoldThread<Job> {
  readonly #start: FoldThreadStart
  readonly #board: FoldBoard
  readonly #begin: (job: Job) => PieceFold
  readonly #slots: PieceSlot[] = []
  #messages = 0
  #fold: PieceFold | undefined
  #holds = false
  #duplicates = 0

  constructor(start: FoldThreadStart, board: FoldBoard, begin: (job: Job) => PieceFold) {
    this.#start = start
    this.#board = board
    this.#begin = begin
  }

  /** Does what can be done of what comes first; false where nothing can. */
  step(): boolean {
    const { thread, threads } = this.#start
    this.#receive()
    const board = this.#board
    const read = board.progress(thread, 'read')
    const added = board.progress(thread, 'added')
    const counted = board.progress(thread, 'counted')
    if (counted < added && board.leastProgress('added') > counted) this.#count(counted)
    else if (added < read && board.leastProgress('read') > added) this.#addIds(added)
    else if (board.get('published') > read * threads + thread) this.#read(read)
    else if (counted === read && board.get('sharesWanted') > board.progress(thread, 'shared')) {
      this.#share()
    } else return false
    return true
  }

  #receive(): void {
    for (const all = this.#board.get('messages'); this.#messages < all; this.#messages++) {
      const message = receiveMessageOnPort(this.#start.port)?.message as ToThread<Job>
      if ('begin' in message) {
        this.#fold = this.#begin(message.begin)
        this.#holds = message.holds
        this.#duplicates = 0
      } else this.#slots[message.slot] = new PieceSlot(message.textBytes, message.buffer)
    }
  }

  #read(round: number): void {
    const { thread } = this.#start
    // What was told before the piece was.
    this.#receive()
    const slot = this.#slotOf(round, thread)
    const fold = this.#fold as PieceFold
    const { text } = this.#slots[slot] as PieceSlot
    const piece = text.subarray(0, this.#board.head(slot).bytes)
    const counts = this.#holds ? fold.hold(piece, round % slotsAThread) : fold.fold(piece)
    const { rejects, ...numbers } = counts
    if (rejects.length > 0) this.#start.port.postMessage({ rejects } satisfies FromThread)
    this.#board.setHead(slot, { ...numbers, duplicates: 0, rejects: Math.min(1, rejects.length) })
    if (this.#holds) this.#tellDigests(slot)
    this.#board.setProgress(thread, 'read', round + 1)
    if (this.#holds) return
    this.#board.setProgress(thread, 'added', round + 1)
    this.#board.setProgress(thread, 'counted', round + 1)
  }

  #tellDigests(slot: number): void {
    const { bytes, ends } = (this.#fold as PieceFold).digests()
    const shared = this.#slots[slot] as PieceSlot
    shared.digests(0, ends.at(-1) ?? 0).set(bytes)
    this.#board.ends(slot).set(ends)
  }

  /** Looks up the ids that belong to this thread, in the order of the pieces. */
  #addIds(round: number): void {
    this.#receive()
    for (let thread = 0; thread < this.#start.threads; thread++) {
      const slot = this.#slotOf(round, thread)
      const ends = this.#board.ends(slot)
      const from = ends[this.#start.thread - 1] ?? 0
      const end = ends[this.#start.thread] ?? 0
      const shared = this.#slots[slot] as PieceSlot
      this.#fold?.addDigests(shared.digests(from, end), shared.isNew(from, end))
    }
    this.#board.setProgress(this.#start.thread, 'added', round + 1)
  }

  #count(round: number): void {
    const { thread } = this.#start
    const slot = this.#slotOf(round, thread)
    const events = this.#board.ends(slot).at(-1) ?? 0
    const fold = this.#fold as PieceFold
    fold.count(round % slotsAThread, (this.#slots[slot] as PieceSlot).isNew(0, events))
    this.#board.setHead(slot, { duplicates: fold.duplicatesDropped - this.#duplicates })
    this.#duplicates = fold.duplicatesDropped
    this.#board.setProgress(thread, 'counted', round + 1)
  }

  #share(): void {
    const { port, thread } = this.#start
    const share = this.#fold?.share() as FoldShare
    const { ends, windows, groups } = share
    port.postMessage({ share } satisfies FromThread, [ends.buffer, windows.buffer, groups.buffer])
    this.#board.setProgress(thread, 'shared', this.#board.get('sharesWanted'))
  }

  #slotOf(round: number, thread: number): number {
    return (round % slotsAThread) * this.#start.threads + thread
  }
}
