import { Lines } from '../core/index.ts'

/** One event as a producer sent it, and where it came in the stream. */
export interface StreamRecord {
  readonly sequenceNumber: string
  /** The place within a record that the Kinesis Producer Library aggregated; else 0. */
  readonly subSequenceNumber: number
  readonly arrivedMs: number
  readonly data: Uint8Array
}

/**
 * Records in order, a line each. A batch has tens of thousands of which hardly one is looked at by
 * itself, so they stand in columns, and a record is made when it is asked for.
 */
export class StreamRecords implements Iterable<StreamRecord> {
  readonly lines: Lines
  /** For each line. */
  readonly sequenceNumbers: readonly string[]
  readonly subSequenceNumbers: ArrayLike<number>
  readonly arrivedMs: ArrayLike<number>

  constructor(
    lines: Lines,
    sequenceNumbers: readonly string[],
    subSequenceNumbers: ArrayLike<number>,
    arrivedMs: ArrayLike<number>,
  ) {
    this.lines = lines
    this.sequenceNumbers = sequenceNumbers
    this.subSequenceNumbers = subSequenceNumbers
    this.arrivedMs = arrivedMs
  }

  static of(records: Iterable<StreamRecord>): StreamRecords {
    const all = [...records]
    return new StreamRecords(
      Lines.of(all.map(({ data }) => data)),
      all.map(({ sequenceNumber }) => sequenceNumber),
      all.map(({ subSequenceNumber }) => subSequenceNumber),
      all.map(({ arrivedMs }) => arrivedMs),
    )
  }

  get length(): number {
    return this.lines.length
  }

  /** The record of a line; there has to be one. */
  at(line: number): StreamRecord {
    return {
      sequenceNumber: this.sequenceNumbers[line] as string,
      subSequenceNumber: this.subSequenceNumbers[line] as number,
      arrivedMs: this.arrivedMs[line] as number,
      data: this.lines.at(line),
    }
  }

  *[Symbol.iterator](): Generator<StreamRecord> {
    for (let line = 0; line < this.length; line++) yield this.at(line)
  }
}
