import type { SeededRandom } from '../data/seeded-random.ts'

export interface Material {
  readonly random: SeededRandom
  /** Inputs to take pieces from. */
  readonly corpus: readonly Uint8Array[]
  /** Pieces that mean something to what is tested. */
  readonly dictionary: readonly Uint8Array[]
  readonly maxBytes: number
}

/** Another input made of this one by a few changes. */
export function mutate(input: Uint8Array, material: Material): Uint8Array {
  const { random, maxBytes } = material
  let changed: Buffer = Buffer.from(input)
  const changes = 1 + random.below(random.pick([1, 2, 4, 8]))
  for (let change = 0; change < changes; change++) {
    changed = random.pick(mutations)(changed, material).subarray(0, maxBytes)
  }
  return changed
}

type Mutation = (input: Buffer, material: Material) => Buffer

const telling = [0x00, 0x01, 0x0a, 0x1f, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xef, 0xff]

function replace(input: Buffer, from: number, to: number, piece: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, from), piece, input.subarray(to)])
}

/** Two places of an input, the first not behind the second, mostly near to each other. */
function span({ random }: Material, input: Buffer): [from: number, to: number] {
  const from = random.below(input.length + 1)
  const most = random.pick([1, 4, 16, input.length])
  return [from, Math.min(input.length, from + random.below(most + 1))]
}

const changeBit: Mutation = (input, { random }) => {
  const at = random.below(input.length)
  if (input.length > 0) input[at] = (input[at] ?? 0) ^ (1 << random.below(8))
  return input
}

const changeByte: Mutation = (input, { random }) => {
  if (input.length > 0) {
    input[random.below(input.length)] = random.pick([random.pick(telling), random.below(256)])
  }
  return input
}

const insertByte: Mutation = (input, { random }) => {
  const at = random.below(input.length + 1)
  return replace(input, at, at, Uint8Array.of(random.pick([...telling, random.below(256)])))
}

const remove: Mutation = (input, material) => {
  const [from, to] = span(material, input)
  return replace(input, from, to, new Uint8Array())
}

const repeat: Mutation = (input, material) => {
  const [from, to] = span(material, input)
  const times = material.random.pick([1, 2, 20, 400])
  const piece = Buffer.concat(Array<Uint8Array>(times).fill(input.subarray(from, to)))
  return replace(input, to, to, piece.subarray(0, material.maxBytes))
}

const useWord: Mutation = (input, material) => {
  const [from, to] = span(material, input)
  const { random, dictionary } = material
  if (dictionary.length === 0) return input
  return replace(input, from, random.pick([from, to]), random.pick(dictionary))
}

const usePieceOfAnother: Mutation = (input, material) => {
  const other = Buffer.from(material.random.pick(material.corpus))
  const [otherFrom, otherTo] = span(material, other)
  const [from, to] = span(material, input)
  return replace(input, from, to, other.subarray(otherFrom, otherTo))
}

const changeNumber: Mutation = (input, { random }) => {
  const numbers = [...input.toString('latin1').matchAll(/\d+/g)]
  if (numbers.length === 0) return input
  const { index, 0: digits } = random.pick(numbers)
  const other = random.pick([
    '0',
    '-1',
    String(random.below(100)),
    String(BigInt(digits.slice(0, 300)) + 1n),
    '9007199254740992',
    '1e400',
    '9'.repeat(401),
    `${digits}.${'0'.repeat(401)}`,
    `${digits}E+2`,
    `-${digits}`,
    `${digits}.00001`,
  ])
  return replace(input, index, index + digits.length, Buffer.from(other))
}

const mutations: readonly Mutation[] = [
  changeBit,
  changeByte,
  insertByte,
  remove,
  repeat,
  useWord,
  useWord,
  usePieceOfAnother,
  changeNumber,
]
