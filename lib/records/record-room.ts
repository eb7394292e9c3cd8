import { Lines } from '../core/index.ts'
import { mayBeKplRecord, unpackKplRecord } from './kpl-record.ts'
import { StreamRecords } from './stream-records.ts'

const newline = 0x0a

/**
 * One buffer for all data of a batch. Payloads stand in it one behind the other with a newline behind
 * each: so they are what a decoder of batches wants, and what history is written from, without a copy.
 */
export class RecordRoom {
  readonly #bytes: Buffer
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #sequenceNumbers: string[] = []
  readonly #subSequenceNumbers: number[] = []
  readonly #arrivedMs: number[] = []
  #at = 0

  /** `dataBytes` is what the data of so many records comes to at most. */
  constructor(dataBytes: number, records: number) {
    this.#bytes = Buffer.allocUnsafeSlow(dataBytes + records)
  }

  /**
   * Adds the payloads of a record, whose data is base64. False where a character would be passed over,
   * since the record could not be kept as it came.
   */
  add(base64: string, sequenceNumber: string, arrivedMs: number): boolean {
    const bytes = this.#bytes.write(base64, this.#at, 'base64')
    const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
    if (bytes !== (base64.length / 4) * 3 - padding) return false
    const payloads = this.#unpack(this.#at, bytes)
    if (payloads === undefined) {
      this.#note(bytes, sequenceNumber, 0, arrivedMs)
      return true
    }
    const from = this.#at
    for (let number = 0; number < payloads.length; number++) {
      const start = from + (payloads.starts[number] as number)
      const end = from + (payloads.ends[number] as number)
      // What the format puts before a payload is longer than a newline, so none is written over.
      this.#bytes.copyWithin(this.#at, start, end)
      this.#note(end - start, sequenceNumber, number, arrivedMs)
    }
    return true
  }

  #unpack(from: number, bytes: number): Lines | undefined {
    if (!mayBeKplRecord(this.#bytes, from)) return undefined
    return unpackKplRecord(this.#bytes.subarray(from, from + bytes))
  }

  #note(bytes: number, sequenceNumber: string, subSequenceNumber: number, arrivedMs: number): void {
    const end = this.#at + bytes
    this.#starts.push(this.#at)
    this.#ends.push(end)
    this.#sequenceNumbers.push(sequenceNumber)
    this.#subSequenceNumbers.push(subSequenceNumber)
    this.#arrivedMs.push(arrivedMs)
    this.#bytes[end] = newline
    this.#at = end + 1
  }

  records(): StreamRecords {
    return new StreamRecords(
      new Lines(this.#bytes, this.#starts, this.#ends),
      this.#sequenceNumbers,
      this.#subSequenceNumbers,
      new Float64Array(this.#arrivedMs),
    )
  }
}
