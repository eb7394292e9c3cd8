import { isBlank, type WindowFold } from '../lib/core/index.ts'

/** The part of a fold that text goes into. */
type Intake = Pick<WindowFold, 'room' | 'add'>

export interface LineFeedOptions {
  readonly maxLineBytes: number
  /** Told of a line that is longer, once all lines before it were folded. */
  readonly onTooLong: (bytes: number) => void
  /** Told of a line that is longer, and holds nothing but white space. */
  readonly onBlank: () => void
}

const newline = 0x0a

/**
 * Hands a file's content to a fold as whole lines. It is read right into the room of the fold, and no
 * byte is copied but those of the line that a piece ends amid. Of a line of any length no more is
 * held than a line may have.
 */
export class LineFeed {
  /** Bytes at once. No line within a piece can be too long, so that none need be looked at. */
  readonly pieceBytes: number
  readonly #intake: Intake
  readonly #options: LineFeedOptions
  #room: Uint8Array = new Uint8Array()
  /** What there is of the line that has not ended. */
  #begun: Uint8Array = new Uint8Array()
  /** Bytes that were passed over of a line that is too long; 0 where none is being passed over. */
  #passedBytes = 0
  #passedBlank = true

  constructor(intake: Intake, options: LineFeedOptions, pieceBytes = 512 * 1024) {
    this.#intake = intake
    this.#options = options
    this.pieceBytes = Math.min(pieceBytes, options.maxLineBytes)
  }

  /** Room for the next piece, which is to be filled from its begin and then taken. */
  room(): Uint8Array {
    const begunBytes = this.#begun.length
    this.#room = this.#intake.room(begunBytes + this.pieceBytes)
    this.#room.set(this.#begun)
    return this.#room.subarray(begunBytes, begunBytes + this.pieceBytes)
  }

  /** Takes so many bytes that were put into the room. */
  take(bytes: number): void {
    const begunBytes = this.#begun.length
    const end = begunBytes + bytes
    if (begunBytes > 0 || this.#passedBytes > 0) {
      const at = this.#room.subarray(begunBytes, end).indexOf(newline)
      const lineEnd = at < 0 ? end : begunBytes + at
      if (this.#passedBytes > 0 || lineEnd > this.#options.maxLineBytes) {
        this.#pass(lineEnd, this.#room.slice(lineEnd, end))
        return
      }
    }
    const wholeEnd = this.#room.subarray(0, end).lastIndexOf(newline) + 1
    this.#begun = this.#room.slice(wholeEnd, end)
    if (wholeEnd > 0) this.#intake.add(wholeEnd)
  }

  /** Takes bytes that stand elsewhere. */
  put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += this.pieceBytes) {
      const piece = bytes.subarray(at, at + this.pieceBytes)
      this.room().set(piece)
      this.take(piece.length)
    }
  }

  /** Folds what follows the last newline, if it is a line. */
  end(): void {
    if (this.#passedBytes > 0) this.#endPassed()
    else if (this.#begun.length > 0) {
      this.room()
      this.#intake.add(this.#begun.length)
    }
    this.#begun = new Uint8Array()
  }

  /** Drops what has come of the line that has not ended, as where its end will never come. */
  drop(): void {
    this.#begun = new Uint8Array()
    this.#passedBytes = 0
  }

  /** Passes over what the room has of a line that is too long. What follows it is a copy. */
  #pass(lineEnd: number, following: Uint8Array): void {
    if (this.#passedBytes === 0) this.#passedBlank = true
    this.#passedBlank &&= isBlank(this.#room.subarray(0, lineEnd))
    this.#passedBytes += lineEnd
    this.#begun = new Uint8Array()
    if (following.length === 0) return
    this.#endPassed()
    this.put(following.subarray(1))
  }

  #endPassed(): void {
    if (this.#passedBlank) this.#options.onBlank()
    else this.#options.onTooLong(this.#passedBytes)
    this.#passedBytes = 0
  }
}
