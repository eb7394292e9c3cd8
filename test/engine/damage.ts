import { SeededRandom } from '../data/seeded-random.ts'
import { mutate } from '../fuzz/mutate.ts'

const bytes = (...all: readonly number[]) => Uint8Array.from(all)

/** What is no UTF-8, or is so by a hair. */
const hardUtf8 = [
  bytes(0x80),
  bytes(0xbf),
  bytes(0xc0, 0x80),
  bytes(0xc1, 0xbf),
  bytes(0xc2, 0x80),
  bytes(0xe0, 0x80, 0x80),
  bytes(0xe0, 0x9f, 0xbf),
  bytes(0xe0, 0xa0, 0x80),
  bytes(0xed, 0x9f, 0xbf),
  bytes(0xed, 0xa0, 0x80),
  bytes(0xed, 0xbf, 0xbf),
  bytes(0xee, 0x80, 0x80),
  bytes(0xef, 0xbf, 0xbf),
  bytes(0xf0, 0x80, 0x80, 0x80),
  bytes(0xf0, 0x8f, 0xbf, 0xbf),
  bytes(0xf0, 0x90, 0x80, 0x80),
  bytes(0xf4, 0x8f, 0xbf, 0xbf),
  bytes(0xf4, 0x90, 0x80, 0x80),
  bytes(0xf5, 0x80, 0x80, 0x80),
  bytes(0xf8, 0x88, 0x80, 0x80, 0x80),
  bytes(0xfe),
  bytes(0xff),
  bytes(0xe2, 0x82),
  bytes(0xf0, 0x9f, 0x98),
  bytes(0xc3),
]

/** Pieces that mean something to whoever reads JSON. */
const pieces = [
  ...hardUtf8,
  ...['\ufeff', '\u0000', '\u001f', '\u007f', '\n', '\r', '\t', ' ', '\u00a0', '\u2028'],
  ...['"', '\\', '\\"', '\\\\', '\\u', '\\ud800', '{', '}', '[', ']', ',', ':', '{}', 'null'],
  ...['-', '+', '.', 'e', 'E', '0', '00', '9'.repeat(20)],
].map((piece) => Buffer.from(piece as string))

const dictionary = [...pieces]

/** The line with something in it that may be wrong: a byte, a piece, an end. */
export function damage(line: Uint8Array, style: number): Uint8Array {
  if (style === 0) return line
  const random = new SeededRandom(style)
  const piece = random.pick(pieces)
  const at = random.below(line.length + 1)
  return random.pick([
    () => mutate(line, { random, corpus: [line], dictionary, maxBytes: 10_000 }),
    () => mutate(line, { random, corpus: [line], dictionary, maxBytes: 10_000 }),
    () => Buffer.concat([line.subarray(0, at), piece, line.subarray(at)]),
    () => Buffer.concat([line.subarray(0, at), piece, line.subarray(at + piece.length)]),
    () => Buffer.concat([Buffer.from('\ufeff'.repeat(1 + random.below(2))), line]),
    () => Buffer.concat([piece, line]),
    () => Buffer.concat([line, piece]),
    () => Buffer.concat([line, line]),
    () => Buffer.concat([Buffer.from('['), line, Buffer.from(']')]),
    () => line.subarray(0, at),
    () => line.subarray(at),
    () => piece,
    () =>
      Buffer.from(random.pick(['', ' ', '[]', '{}', 'null', '1', '"a"', '{"a":1}', '[[', '\n'])),
  ])()
}
