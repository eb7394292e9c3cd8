/**
 * Leases and marks of attempts outlive their run by this. It covers two clocks that are 20 s off each,
 * one fast and one slow, and the last request that a run sent in time: the SDK waits ten seconds for
 * its answer (lib/deployment/clients.ts), and ten more are left for it to be applied or not at all.
 * Retries need no margin, since `check` comes before each of them; a sending that got no answer keeps
 * its attempt's mark for as long, should a later one of the same write be answered.
 */
export const marginMs = 60_000

/** No unit is begun with less time left than this, and no reading of its inputs goes on. */
const reserveMs = 30_000

/**
 * There is no time for a unit any more: either too little to read it and write what comes of it, or
 * none at all. Then others may be at work by now, so nothing is written any more: Lambda ends a run
 * at that moment, but a machine that slept may wake up after it.
 */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/** The time that one invocation has, by its own clock. */
export class Deadline {
  /** Epoch ms by the clock of this process. */
  readonly nowMs: () => number
  /** Epoch ms at which the invocation is stopped from outside, if it has not stopped by itself. */
  readonly atMs: number

  constructor(nowMs: () => number, atMs: number) {
    this.nowMs = nowMs
    this.atMs = atMs
  }

  /** Epoch ms from which on nothing that was sent in time can be applied any more. */
  get overMs(): number {
    return this.atMs + marginMs
  }

  /** To be called right before what no condition guards, and each time that it is sent. Throws OutOfTime. */
  check(): void {
    if (this.nowMs() >= this.atMs) throw new OutOfTime('The time of this run is over')
  }

  /** Whether there is time to read, and then to write what comes of it. */
  isTimeToRead(): boolean {
    return this.nowMs() + reserveMs <= this.atMs
  }

  /**
   * To be called again and again while inputs are read. Their number has no bound, and a run that
   * ends by itself still does the other units, and says which it had no time for. Throws OutOfTime.
   */
  checkToRead(): void {
    if (!this.isTimeToRead()) throw new OutOfTime('This run has no time to read more')
  }

  /** The rows, as long as there is time to write them. Throws OutOfTime. */
  async *inTime<Row>(rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      this.check()
      yield row
    }
    // Of no rows at all something is written too: an object.
    this.check()
  }
}
