import {
  type MergedFold,
  mergeShares,
  type RejectedLines,
  RejectTally,
  type TotalSyntax,
  type TotalTexts,
  type WindowFold,
  type WindowFoldOptions,
  type WindowTotal,
} from '../lib/core/index.ts'
import type { FoldedPiece, FoldThreads } from './fold-threads.ts'

/** What is handed over at once, if that much has come. */
const pieceBytes = 256 * 1024

/** Between two lines, and behind the last of a text, which need not have one. */
const lineFeed = 0x0a

/**
 * A window fold by several threads. It comes to what one comes to: whatever is asked of it waits for all
 * that was handed over.
 */
export class ThreadedWindowFold<Job> implements WindowFold {
  readonly #threads: FoldThreads<Job>
  readonly #options: WindowFoldOptions
  readonly #pieceBytes: number
  readonly #rejects = new RejectTally()
  /** In the room of the next piece. */
  #filled = 0
  #lines = 0
  #events = 0
  #duplicatesDropped = 0
  #blankLines = 0

  /** `job` tells the threads of the same options. */
  constructor(
    threads: FoldThreads<Job>,
    job: Job,
    options: WindowFoldOptions,
    atLeastBytes = pieceBytes,
  ) {
    this.#threads = threads
    this.#options = options
    this.#pieceBytes = atLeastBytes
    threads.begin(job, options.eachIdOnce)
  }

  room(minBytes: number): Uint8Array {
    while (!this.#threads.hasRoom) this.#note(this.#threads.take())
    const end = this.#filled + minBytes
    return this.#threads.room(end + 1).subarray(this.#filled, end)
  }

  add(bytes: number): void {
    if (bytes === 0) return
    const end = this.#filled + bytes
    const room = this.#threads.room(end + 1)
    if (room[end - 1] === lineFeed) this.#filled = end
    else {
      room[end] = lineFeed
      this.#filled = end + 1
    }
    if (this.#filled >= this.#pieceBytes) this.#publish()
  }

  get events(): number {
    this.#settle()
    return this.#events
  }

  get duplicatesDropped(): number {
    this.#settle()
    return this.#duplicatesDropped
  }

  get blankLines(): number {
    this.#settle()
    return this.#blankLines
  }

  get rejects(): readonly RejectedLines[] {
    this.#settle()
    return this.#rejects.rejects
  }

  totals(): Iterable<WindowTotal> {
    return this.#merged().totals()
  }

  texts(syntax: TotalSyntax): Iterable<TotalTexts> {
    return this.#merged().texts(syntax)
  }

  #merged(): MergedFold {
    this.#settle()
    return mergeShares(this.#options, this.#threads.shares())
  }

  #publish(): void {
    this.#threads.publish(this.#filled)
    this.#filled = 0
  }

  #settle(): void {
    if (this.#filled > 0) this.#publish()
    for (const piece of this.#threads.takeAll()) this.#note(piece)
  }

  #note({ lines, events, blankLines, duplicates, rejects }: FoldedPiece): void {
    for (const rejected of rejects) this.#rejects.addLines(rejected, this.#lines)
    this.#lines += lines
    this.#events += events
    this.#blankLines += blankLines
    this.#duplicatesDropped += duplicates
  }
}
