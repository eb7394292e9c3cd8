/** An object does not hold what its place says: bad data, which no retry mends. */
export class UnexpectedContent extends Error {
  override readonly name = 'UnexpectedContent'
  readonly objectKey: string

  /** `problem` goes on from the object's name, as in `holds no payload`. */
  constructor(objectKey: string, problem: string, cause?: unknown) {
    super(`${objectKey} ${problem}`, { cause })
    this.objectKey = objectKey
  }
}
