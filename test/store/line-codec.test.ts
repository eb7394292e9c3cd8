import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { compressedLines, isDamaged } from '../../lib/store/line-codec.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'

const { encode, encodeStream, decode, decodeWhole } = compressedLines

const textsIn = (chunks: readonly Lines[]) =>
  chunks.flatMap((lines) => [...lines].map((line) => Buffer.from(line).toString()))

/** In chunks of so many bytes. */
async function* inPieces(bytes: Uint8Array, pieceBytes: number) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const read = async (name: string, bytes: Uint8Array, pieceBytes = 4096) =>
  textsIn(await Array.fromAsync(decode(name, inPieces(bytes, pieceBytes))))

async function readWhole(name: string, bytes: Uint8Array): Promise<string[]> {
  const lines = await decodeWhole(name, bytes, 1_000_000)
  return lines === undefined ? read(name, bytes) : textsIn([lines])
}

const damaged = 'damaged'

/** What is read, or that it can't be since it is damaged. */
const orDamaged = (reading: Promise<string[]>) =>
  reading.catch((error) => {
    if (!isDamaged(error)) throw error
    return damaged
  })

/** What comes of an object, however it is read; all ways come to the same. */
async function outcomeOf(name: string, bytes: Uint8Array, ...pieceBytes: number[]) {
  const outcomes = await Promise.all([
    orDamaged(readWhole(name, bytes)),
    ...[bytes.length + 1, ...pieceBytes].map((one) => orDamaged(read(name, bytes, one))),
  ])
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
  return outcomes[0]
}

const some = Array.from({ length: 15 }, (_, at) => `line ${at} ${(at * 7_919) % 1_000}`)
const compressed = (name: string, lines: readonly string[]) =>
  encode(name, Lines.of(lines.map((line) => Buffer.from(line))))

describe.each(['x.ndjson.zst', 'x.ndjson.gz'])('lines in %s', (name) => {
  it('are read as they were written, however many', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 97)}`)
    const asText = async function* () {
      yield* lines
    }
    const streamed = Buffer.concat(await Array.fromAsync(encodeStream(name, asText())))
    const atOnce = await compressed(name, lines)
    for (const bytes of [streamed, atOnce]) {
      expect((await read(name, bytes)).join() === lines.join()).toBe(true)
      expect(await decodeWhole(name, bytes, 1_000_000)).toBeUndefined()
      const whole = await decodeWhole(name, bytes, 2_000_000)
      expect(textsIn(whole ? [whole] : []).join() === lines.join()).toBe(true)
    }
    expect(atOnce).toEqual(await compressed(name, lines))
  })

  it('are none where none were written', async () => {
    expect(await outcomeOf(name, await compressed(name, []), 1)).toEqual([])
  })

  it('are not taken for whole wherever they are cut short', async () => {
    const bytes = await compressed(name, some)
    for (let length = 0; length < bytes.length; length++) {
      expect(await outcomeOf(name, bytes.subarray(0, length), 1, 16)).toBe(damaged)
    }
    expect(await outcomeOf(name, bytes, 1, 16)).toEqual(some)
  })

  it('are the right ones or none, whichever bit is turned over', async () => {
    const bytes = await compressed(name, some)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes)
      other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const outcome = await orDamaged(readWhole(name, other))
      if (outcome !== damaged) expect(outcome).toEqual(some)
      expect(await orDamaged(read(name, other))).toEqual(outcome)
    }
  })

  it('are read of all that was put behind each other, in pieces of any size', async () => {
    const one = await compressed(name, some)
    const two = Buffer.concat([one, await compressed(name, []), one])
    const sizes = Array.from({ length: two.length }, (_, size) => size + 1)
    expect(await outcomeOf(name, two, ...sizes)).toEqual([...some, ...some])
    for (let length = one.length + 1; length < two.length; length++) {
      const outcome = await outcomeOf(name, two.subarray(0, length), 1, one.length)
      // A cut between two leaves what is whole; nothing of ours is made of two.
      if (outcome !== damaged) expect(outcome).toEqual(some)
    }
    expect(await outcomeOf(name, two.subarray(0, -1), 1, one.length)).toBe(damaged)
  })

  it.each(['x', 'xyz', 'more than a header'])('are not read where %j follows', async (more) => {
    const one = await compressed(name, some)
    expect(await outcomeOf(name, Buffer.concat([one, Buffer.from(more)]), 1, 7, one.length)).toBe(
      damaged,
    )
  })

  it.each(['', 'one\ntwo\n', '\0'])('are none of %j, which is told with its name', async (text) => {
    const bytes = Buffer.from(text)
    expect(await outcomeOf(name, bytes, 1)).toBe(damaged)
    for (const reading of [read, readWhole]) {
      await expect(reading(name, bytes)).rejects.toThrow(StorageTrouble)
      await expect(reading(name, bytes)).rejects.toThrow(`Reading ${name} failed: `)
    }
  })

  it('are whole or damaged, wherever many of them are damaged', async () => {
    const lines = Array.from({ length: 9_000 }, (_, at) => `${at} ${(at * 7_919) % 99_991}`)
    const bytes = await compressed(name, lines)
    const damage = fc.record({
      at: fc.nat(bytes.length - 1),
      with: fc.uint8Array({ maxLength: 9 }),
      instead: fc.nat(9),
    })
    const check = fc.asyncProperty(damage, async ({ at, with: other, instead }) => {
      const parts = [bytes.subarray(0, at), other, bytes.subarray(at + instead)]
      const outcome = await outcomeOf(name, Buffer.concat(parts), 1_000)
      if (outcome !== damaged) expect(String(outcome) === lines.join()).toBe(true)
    })
    await fc.assert(check, { numRuns: 60 })
  })

  it('hand on the trouble of what they are read from and made of', async () => {
    const bytes = await compressed(name, some)
    const broken = async function* () {
      yield bytes.subarray(0, 50)
      throw new Error('connection reset')
    }
    const reading = Array.fromAsync(decode(name, broken()))
    await expect(reading).rejects.toThrow('connection reset')
    expect(isDamaged(await reading.catch((error) => error))).toBe(false)
    const brokenText = async function* () {
      yield 'one'
      throw new Error('the part is not sorted')
    }
    await expect(Array.fromAsync(encodeStream(name, brokenText()))).rejects.toThrow(
      'the part is not sorted',
    )
  })

  it('let go of their source when their reader has enough', async () => {
    const bytes = await compressed(name, ['one', ...Array<string>(200_000).fill('two')])
    let closed = false
    const source = async function* () {
      try {
        for (;;) yield bytes
      } finally {
        closed = true
      }
    }
    for await (const lines of decode(name, source())) {
      expect(Buffer.from(lines.at(0)).toString()).toBe('one')
      break
    }
    await expect.poll(() => closed).toBe(true)
  })
})

describe('an object in zstd', () => {
  const name = 'x.ndjson.zst'

  it('has a checksum', async () => {
    const lines = Lines.of(some.map((line) => Buffer.from(line)))
    for (const bytes of [
      await encode(name, lines),
      Buffer.concat(await Array.fromAsync(encodeStream(name, some))),
    ]) {
      expect(zstdDecompressSync(bytes).toString()).toBe(`${some.join('\n')}\n`)
      expect((bytes[4] ?? 0) & 4).toBe(4)
    }
  })

  it('that asks for more memory than ours do is refused', async () => {
    // A frame of 4 bytes, whose window is 16 MiB.
    const bytes = Buffer.from('28b52ffd0070210000' + '61626364', 'hex')
    expect(await outcomeOf(name, bytes, 1)).toBe(damaged)
    bytes.writeUInt8(0x68, 5)
    expect(await outcomeOf(name, bytes, 1)).toEqual(['abcd'])
  })

  it('of a few bytes that comes to much is read in chunks of whole lines, each in bounds', async () => {
    const bytes = zstdCompressSync(`${'x'.repeat(999)}\n`.repeat(60_000))
    expect(await decodeWhole(name, bytes, 1_000_000)).toBeUndefined()
    let count = 0
    for await (const lines of decode(name, [bytes])) {
      count += lines.length
      expect(lines.bytes.length).toBeLessThan(1_000_000)
    }
    expect(count).toBe(60_000)
  })
})

describe('what former versions wrote', () => {
  it('is read by its name', async () => {
    const bytes = gzipSync('one\ntwo\n')
    expect(await outcomeOf('history/a-1-2.0123456789abcdef.ndjson.gz', bytes, 1)).toEqual([
      'one',
      'two',
    ])
    expect(await outcomeOf('history/a-1-2.0123456789abcdef.ndjson.zst', bytes, 1)).toBe(damaged)
  })
})

describe('trouble in reading', () => {
  it.each([
    ['Z_DATA_ERROR', true],
    ['Z_BUF_ERROR', true],
    ['ZSTD_error_checksum_wrong', true],
    ['Z_MEM_ERROR', false],
    ['ZSTD_error_memory_allocation', false],
    ['ECONNRESET', false],
  ])('is damage where it is %s: %s', (code, expected) => {
    const cause = Object.assign(new Error('x'), { code })
    expect(isDamaged(new StorageTrouble('Reading x', cause))).toBe(expected)
    expect(isDamaged(cause)).toBe(false)
  })
})
