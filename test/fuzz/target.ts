/** Something that takes any bytes, and what must hold whatever they are. */
export interface FuzzTarget {
  readonly name: string
  /** Inputs to begin with, which must all pass. */
  readonly seeds: readonly Uint8Array[]
  /** Pieces that mean something to it. */
  readonly dictionary: readonly (string | Uint8Array)[]
  /** 4,096 unless told. */
  readonly maxBytes?: number
  /** Throws where something does not hold. */
  check(input: Uint8Array): void | Promise<void>
}
