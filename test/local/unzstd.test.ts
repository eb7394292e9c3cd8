import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSource } from '../../local/byte-source.ts'
import { UnreadableContent } from '../../local/unreadable-content.ts'
import { isZstd, unzstd } from '../../local/unzstd.ts'

/** What comes of a file whose bytes arrive in pieces of this size, and why it ended if it did early. */
async function unpacked(file: Uint8Array, pieceBytes = file.length || 1) {
  const pieces = async function* () {
    for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes)
  }
  const parts: Uint8Array[] = []
  let problem: string | undefined
  try {
    for await (const part of unzstd(new ByteSource(pieces()))) parts.push(part)
  } catch (error) {
    if (!(error instanceof UnreadableContent)) throw error
    problem = error.message
  }
  return { text: Buffer.concat(parts).toString('latin1'), problem }
}

const joined = (...parts: readonly (Uint8Array | string)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')))

const one = zstdCompressSync('one\n')
const two = zstdCompressSync('two\n')
const skippable = joined('\x5f\x2a\x4d\x18\x04\0\0\0', 'skip')
const cut = 'unexpected end of file'
const none = 'Unknown frame descriptor'

describe('a zstd file', () => {
  it.each([1, 7, one.length, 1_000_000])(
    'gives its frames, in pieces of %i bytes',
    async (bytes) => {
      const file = joined(skippable, one, zstdCompressSync(''), skippable, two, skippable)
      expect(await unpacked(file, bytes)).toEqual({ text: 'one\ntwo\n', problem: undefined })
    },
  )

  it.each([
    ['nothing', '', 'one\n', undefined],
    ['zeros', '\0'.repeat(1_000), 'one\n', none],
    ['text', 'two\n', 'one\n', none],
    ['half a magic number', '\x28\xb5', 'one\n', cut],
    ['a magic number and no more', '\x28\xb5\x2f\xfd', 'one\n', cut],
    ['half of what is to be skipped', skippable.subarray(0, -1), 'one\n', cut],
  ] as const)('is all read where %s follows it', async (_what, behind, text, problem) => {
    for (const pieceBytes of [1, one.length, 1_000_000]) {
      expect(await unpacked(joined(one, behind), pieceBytes)).toEqual({ text, problem })
    }
  })

  it('is told as cut short wherever it is cut, and gives what came before', async () => {
    const file = joined(one, two)
    for (let end = 1; end < file.length; end++) {
      for (const pieceBytes of [1, 5, 1_000]) {
        const { text, problem } = await unpacked(file.subarray(0, end), pieceBytes)
        expect(problem).toBe(end === one.length ? undefined : cut)
        expect('one\ntwo\n'.startsWith(text)).toBe(true)
        if (end >= one.length) expect(text.slice(0, 4)).toBe('one\n')
      }
    }
  })

  it('gives its content, however its frames lie in pieces', async () => {
    const content = fc.uint8Array({ maxLength: 300 })
    const contents = fc.array(content, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 400 }), async (some, pieceBytes) => {
        const file = joined(...some.map((bytes) => zstdCompressSync(bytes)))
        const text = joined(...some).toString('latin1')
        expect(await unpacked(file, pieceBytes)).toEqual({ text, problem: undefined })
      }),
      { numRuns: 200 },
    )
  })

  it('is told from others by its first bytes, of which none is lost', async () => {
    for (const [start, expected] of [
      ['\x28\xb5\x2f\xfd', true],
      ['\x50\x2a\x4d\x18', true],
      ['\x60\x2a\x4d\x18', false],
      ['\x28\xb5\x2f', false],
      ['{"a"', false],
      ['', false],
    ] as const) {
      const source = new ByteSource(
        (async function* () {
          for (const byte of joined(start)) yield Uint8Array.of(byte)
        })(),
      )
      expect(await isZstd(source)).toBe(expected)
      expect(Buffer.from(await source.take(9)).toString('latin1')).toBe(start)
    }
  })
})
