import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { FoldShare, RejectedLines } from '../lib/core/index.ts'
import { FoldBoard, type PieceHead, slotsAThread } from './fold-board.ts'
import type { FoldThreadStart, FromThread, ToThread } from './fold-thread.ts'
import { PieceSlot } from './piece-slot.ts'

/** What a piece came to, in the order of pieces. */
export interface FoldedPiece extends Pick<PieceHead, 'lines' | 'events' | 'blankLines'> {
  readonly duplicates: number
  readonly rejects: readonly RejectedLines[]
}

/** What is read at once and what came before it, unless a line is long. */
const firstTextBytes = 1024 * 1024

/** No piece takes so long; one that ended by a fault of its own can tell nobody. */
const mostSilentSeconds = 120

/** What was compiled before is found from the first module on, so that none is made JavaScript again. */
const startOf = (entry: URL) =>
  `require('node:module').enableCompileCache(); import(${JSON.stringify(entry.href)})`

/** A thread has come to its end, or to none. */
export class FoldThreadLost extends Error {
  override readonly name = 'FoldThreadLost'
}

/**
 * Threads that fold the pieces of a text in turn. Whoever hands pieces over waits here, without the event
 * loop, as reading does. Throws what a thread throws, and FoldThreadLost.
 */
export class FoldThreads<Job> {
  readonly #board: FoldBoard
  readonly #workers: readonly Worker[]
  readonly #ports: readonly MessagePort[]
  readonly #slots: PieceSlot[]
  #published = 0
  #taken = 0
  /** Of a thread that ended by it. */
  #error: unknown

  /** `entry` is a module that calls `runFoldThread` with its `workerData`. */
  constructor(entry: URL, threads: number) {
    this.#board = new FoldBoard(threads)
    const channels = Array.from({ length: threads }, () => new MessageChannel())
    this.#ports = channels.map(({ port1 }) => port1)
    this.#workers = channels.map(({ port2: port }, thread) => {
      const workerData: FoldThreadStart = { thread, threads, board: this.#board.buffer, port }
      const worker = new Worker(startOf(entry), {
        ...{ eval: true, workerData, transferList: [port] },
        // Those of this process may be for whatever loads its modules.
        execArgv: [],
      })
      worker.unref()
      worker.on('error', (error) => {
        this.#error ??= error
      })
      return worker
    })
    this.#slots = Array.from(
      { length: slotsAThread * threads },
      () => new PieceSlot(firstTextBytes),
    )
    for (const [slot, { textBytes, buffer }] of this.#slots.entries()) {
      this.#post({ slot, textBytes, buffer })
    }
  }

  get threads(): number {
    return this.#board.threads
  }

  /** Begins another text. Where it `holds`, ids are looked up before events are counted. */
  begin(job: Job, holds: boolean): void {
    // What was not taken of the text before is of no use any more.
    for (const _ of this.takeAll());
    this.#post({ begin: job, holds })
  }

  /** Whether there is room for a piece, which there is again once some were taken. */
  get hasRoom(): boolean {
    return this.#published - this.#taken < this.#slots.length
  }

  /** Room for the text of the next piece, which keeps what stands in it. */
  room(minBytes: number): Uint8Array {
    const slot = this.#published % this.#slots.length
    const before = this.#slots[slot] as PieceSlot
    if (before.textBytes >= minBytes) return before.text
    const larger = new PieceSlot(2 * minBytes)
    larger.text.set(before.text)
    this.#slots[slot] = larger
    this.#post({ slot, textBytes: larger.textBytes, buffer: larger.buffer })
    return larger.text
  }

  /** Hands over the first bytes of the room as a piece. */
  publish(bytes: number): void {
    this.#board.setHead(this.#published % this.#slots.length, { bytes })
    this.#board.set('published', ++this.#published)
  }

  /** The pieces that were not taken yet, to their end. */
  *takeAll(): Generator<FoldedPiece> {
    // A round is whole before ids are looked up.
    while (this.#published % this.threads !== 0) {
      if (this.hasRoom) this.publish(0)
      else yield this.take()
    }
    while (this.#taken < this.#published) yield this.take()
  }

  /** The next piece, once it was folded. */
  take(): FoldedPiece {
    const thread = this.#taken % this.threads
    const round = Math.floor(this.#taken / this.threads)
    this.#waitUntil(() => this.#board.progress(thread, 'counted') > round)
    const { rejects, ...head } = this.#board.head(this.#taken % this.#slots.length)
    this.#taken++
    if (rejects === 0) return { ...head, rejects: [] }
    const message = this.#receive(thread)
    return { ...head, rejects: 'rejects' in message ? message.rejects : [] }
  }

  /** What all pieces of each thread come to. */
  shares(): FoldShare[] {
    const wanted = this.#board.get('sharesWanted') + 1
    this.#board.set('sharesWanted', wanted)
    return this.#ports.map((_, thread) => {
      this.#waitUntil(() => this.#board.progress(thread, 'shared') >= wanted)
      const message = this.#receive(thread)
      if (!('share' in message)) throw new FoldThreadLost('A thread of the fold gave no totals')
      return message.share
    })
  }

  /** Ends all threads, whatever they are at. */
  async close(): Promise<void> {
    this.#board.set('stopped', 1)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
    for (const port of this.#ports) port.close()
  }

  #post(message: ToThread<Job>): void {
    for (const port of this.#ports) port.postMessage(message)
    this.#board.set('messages', this.#board.get('messages') + 1)
  }

  #receive(thread: number): FromThread {
    const received = receiveMessageOnPort(this.#ports[thread] as MessagePort)
    if (received === undefined) throw new FoldThreadLost('A thread of the fold has told nothing')
    return received.message as FromThread
  }

  #waitUntil(isThere: () => boolean): void {
    for (let silentSeconds = 0; ; ) {
      const { changes } = this.#board
      if (this.#error !== undefined) throw this.#error
      if (this.#board.get('failed') !== 0) this.#throwFailure()
      if (isThere()) return
      silentSeconds = this.#board.wait(changes, 1000) ? 0 : silentSeconds + 1
      if (silentSeconds < mostSilentSeconds) continue
      throw new FoldThreadLost(`No thread of the fold has come on for ${silentSeconds} s`)
    }
  }

  #throwFailure(): never {
    for (const thread of this.#ports.keys()) {
      for (;;) {
        const received = receiveMessageOnPort(this.#ports[thread] as MessagePort)
        if (received === undefined) break
        const message = received.message as FromThread
        if ('error' in message) throw message.error
      }
    }
    throw new FoldThreadLost('A thread of the fold has failed')
  }
}
