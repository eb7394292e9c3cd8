import {
  asNumber,
  asText,
  bytesCodec,
  decimalCodec,
  type Measure,
  type MeasureSpec,
  mapPresent,
  orNone,
  pair,
  type Reads,
  textCodec,
} from '../../lib/core/index.ts'

// Measures whose states are no decimals, to try every room that a state passes through.

/** The greatest text of a field; its state is that text. */
export function greatest<Name extends string>(field: Name): MeasureSpec<Reads<Name, 'text'>> {
  return { kind: 'greatest', reads: [{ field, as: 'text' }], bind: () => greatestOf(field) }
}

function greatestOf(field: string): Measure<string | null> {
  const merge = (a: string | null, b: string | null) =>
    a === null || (b !== null && b > a) ? b : a
  const prepare: Measure<string | null>['prepare'] = (event) =>
    (event[field] as string | undefined) ?? null
  return {
    zero: null,
    prepare,
    merge,
    add: (state, event) => merge(state, prepare(event)),
    codec: orNone(textCodec),
    presentation: asText((state) => state),
  }
}

type Latest = readonly [atMs: number, id: string, text: string]

/**
 * The text of the latest event, by its time and then its id: a measure of several fields, with a
 * state of a decimal and two texts.
 */
export function latest<Name extends string>(field: Name): MeasureSpec<Reads<Name, 'text'>> {
  return {
    kind: 'latest',
    reads: [{ field, as: 'text' }],
    bind: ({ id, time }) => latestOf(field, id, time),
  }
}

function latestOf(field: string, id: string, time: string): Measure<Latest | null> {
  const prepare: Measure<Latest | null>['prepare'] = (event) => {
    const text = event[field] as string | undefined
    return text === undefined ? null : [event[time] as number, event[id] as string, text]
  }
  const isLater = (a: Latest, b: Latest) => {
    const differing = a.findIndex((value, at) => value !== b[at])
    return differing >= 0 && (a[differing] as string) > (b[differing] as string)
  }
  const merge = (a: Latest | null, b: Latest | null) =>
    a === null || (b !== null && isLater(b, a)) ? b : a
  const [atMs, texts] = [decimalCodec(0), textCodec]
  return {
    zero: null,
    prepare,
    merge,
    add: (state, event) => merge(state, prepare(event)),
    codec: orNone({
      parts: [
        { suffix: '.at', type: 'decimal' },
        { suffix: '.id', type: 'text' },
        { suffix: '', type: 'text' },
      ],
      encode: ([at, of, text]) => [...atMs.encode(at), ...texts.encode(of), ...texts.encode(text)],
      decode: ([at, of, text]) => [
        atMs.decode([at]) as number,
        texts.decode([of]),
        texts.decode([text]),
      ],
    }),
    presentation: asText((state) => state?.[2] ?? null),
  }
}

const sketchBytes = 8

/** A set of the bits that texts hash to, and how many these are: its state is bytes. */
export function sketch<Name extends string>(
  field: Name,
  bits = 8 * sketchBytes,
): MeasureSpec<Reads<Name, 'text'>> {
  return {
    kind: 'sketch',
    reads: [{ field, as: 'text' }],
    parameters: { bits },
    bind: () => sketchOf(field, bits),
  }
}

function sketchOf(field: string, bits: number): Measure<Uint8Array> {
  const zero = new Uint8Array(sketchBytes)
  const merge = (a: Uint8Array, b: Uint8Array) => a.map((byte, at) => byte | (b[at] ?? 0))
  const prepare: Measure<Uint8Array>['prepare'] = (event) => {
    const text = event[field] as string | undefined
    if (text === undefined) return zero
    const bit = Buffer.from(text).reduce((hash, byte) => (hash * 31 + byte) % bits, 0)
    const bytes = new Uint8Array(sketchBytes)
    bytes[bit >> 3] = 1 << (bit & 7)
    return bytes
  }
  const set = (byte: number) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte >> bit) & 1).length
  return {
    zero,
    prepare,
    merge,
    add: (state, event) => merge(state, prepare(event)),
    codec: bytesCodec,
    presentation: asNumber(0, (state) => state.reduce((total, byte) => total + set(byte), 0)),
  }
}

/** Both, as one measure of a text and bytes, shown as text. */
export function greatestAndSketch<Name extends string>(
  field: Name,
): MeasureSpec<Reads<Name, 'text'>> {
  return {
    kind: 'greatestAndSketch',
    reads: [{ field, as: 'text' }],
    bind: () => {
      const both = pair(['.text', greatestOf(field)], ['.bits', sketchOf(field, 8 * sketchBytes)])
      return mapPresent(
        both,
        asText(([text, bits]) => text && `${text} ${bits.join(' ')}`),
      )
    },
  }
}
