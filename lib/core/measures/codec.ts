import { formatUnits, parseDecimal, type Units } from '../decimal.ts'

/** An exact decimal or any text as text, bytes as they are. Never changed in place. */
export type StoredValue = string | Uint8Array

export type StoredType = 'decimal' | 'text' | 'bytes'

/** What one of a state's values is stored as, and what is put behind the measure's name for it. */
export interface StoredPart {
  readonly suffix: string
  readonly type: StoredType
}

/**
 * How states are stored. Canonical: equal states have equal values, and other states others, since
 * stored states are compared without being read.
 */
export interface Codec<State> {
  readonly parts: readonly StoredPart[]
  /** One value per part; undefined where there is nothing to store. */
  encode(state: State): readonly (StoredValue | undefined)[]
  /** Undoes `encode`. Throws where the values are not of such a state. */
  decode(stored: readonly (StoredValue | undefined)[]): State
}

/** A decimal of `scale`, as its canonical text. */
export function decimalCodec(scale: number): Codec<Units> {
  return {
    parts: [{ suffix: '', type: 'decimal' }],
    encode: (units) => [formatUnits(units, scale)],
    decode: ([stored]) => unitsFromStore(stored, scale),
  }
}

/** Well-formed text. */
export const textCodec: Codec<string> = {
  parts: [{ suffix: '', type: 'text' }],
  encode: (text) => [text],
  decode([stored]) {
    if (typeof stored !== 'string') throw new Error('A stored state is not a text')
    return stored
  },
}

export const bytesCodec: Codec<Uint8Array> = {
  parts: [{ suffix: '', type: 'bytes' }],
  encode: (bytes) => [bytes],
  decode([stored]) {
    if (!(stored instanceof Uint8Array)) throw new Error('A stored state is not bytes')
    return stored
  },
}

/** Stores nothing for null. */
export function orNone<State>(codec: Codec<State>): Codec<State | null> {
  const none = codec.parts.map(() => undefined)
  return {
    parts: codec.parts,
    encode: (state) => (state === null ? none : codec.encode(state)),
    decode(stored) {
      return stored.every((value) => value === undefined) ? null : codec.decode(stored)
    },
  }
}

/** Two states side by side, each with its suffix. */
export function pairCodec<A, B>(
  [suffixA, a]: readonly [suffix: string, codec: Codec<A>],
  [suffixB, b]: readonly [suffix: string, codec: Codec<B>],
): Codec<readonly [A, B]> {
  const suffixed = (parts: readonly StoredPart[], before: string) =>
    parts.map(({ suffix, type }) => ({ suffix: before + suffix, type }))
  const ofA = a.parts.length
  return {
    parts: [...suffixed(a.parts, suffixA), ...suffixed(b.parts, suffixB)],
    encode: (state) => [...a.encode(state[0]), ...b.encode(state[1])],
    decode: (stored) => [a.decode(stored.slice(0, ofA)), b.decode(stored.slice(ofA))],
  }
}

/**
 * Reads what a measure stored. Anything else there means that the row is not ours or that the
 * definition changed under it, and going on would make wrong totals: it throws.
 */
function unitsFromStore(stored: StoredValue | undefined, scale: number): Units {
  const units = typeof stored === 'string' ? parseDecimal(stored, scale) : 'nothing'
  if (typeof units === 'string') {
    throw new Error(`A stored state is not a decimal of scale ${scale}: ${stored}`)
  }
  return units
}

export function sameStored(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  if (a === b) return true
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
