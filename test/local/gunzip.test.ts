import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSource } from '../../local/byte-source.ts'
import { gunzip, isGzip } from '../../local/gunzip.ts'
import { UnreadableContent } from '../../local/unreadable-content.ts'

/** What comes of a file whose bytes arrive in pieces of this size, and why it ended if it did early. */
async function unpacked(file: Uint8Array, pieceBytes = file.length || 1) {
  const pieces = async function* () {
    for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes)
  }
  const parts: Uint8Array[] = []
  let problem: string | undefined
  try {
    for await (const part of gunzip(new ByteSource(pieces()))) parts.push(part)
  } catch (error) {
    if (!(error instanceof UnreadableContent)) throw error
    problem = error.message
  }
  return { text: Buffer.concat(parts).toString('latin1'), problem }
}

const joined = (...parts: readonly (Uint8Array | string)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')))

const one = gzipSync('one\n')
const two = gzipSync('two\n')
const none = 'bytes that are no gzip'
const cut = 'unexpected end of file'

describe('a gzip file', () => {
  it.each([1, 7, 1_000_000])('gives its members, in pieces of %i bytes', async (pieceBytes) => {
    const file = joined(one, gzipSync(''), two)
    expect(await unpacked(file, pieceBytes)).toEqual({ text: 'one\ntwo\n', problem: undefined })
  })

  it.each([
    ['nothing', '', 'one\n', undefined],
    ['zeros, which are padding', '\0'.repeat(100_000), 'one\n', undefined],
    ['a member behind zeros', joined('\0\0', two), 'one\ntwo\n', undefined],
    ['text', 'two\n', 'one\n', none],
    ['text behind zeros', '\0\0two\n', 'one\n', none],
    ['half a magic number', '\x1f', 'one\n', cut],
    ['a magic number and no more', '\x1f\x8b', 'one\n', cut],
    ['another method', joined('\x1f\x8b\x09', two.subarray(3)), 'one\n', none],
    ['flags that nobody knows', joined('\x1f\x8b\x08\x20', two.subarray(4)), 'one\n', none],
    [
      'a member of the reserved block type',
      joined(two.subarray(0, 10), '\x07'),
      'one\n',
      'invalid block type',
    ],
  ] as const)('is all read where %s follows it', async (_what, behind, text, problem) => {
    for (const pieceBytes of [1, one.length, 1_000_000]) {
      expect(await unpacked(joined(one, behind), pieceBytes)).toEqual({ text, problem })
    }
  })

  it('is told as cut short wherever it is cut, and gives what came before', async () => {
    const file = joined(one, two)
    for (let end = 1; end < file.length; end++) {
      const { text, problem } = await unpacked(file.subarray(0, end), 5)
      expect(problem).toBe(end === one.length ? undefined : cut)
      expect('one\ntwo\n'.startsWith(text)).toBe(true)
      if (end >= one.length - 8) expect(text.slice(0, 4)).toBe('one\n')
    }
  })

  it('is told as damaged where its checksum or its length is another, and gives its content', async () => {
    for (const [at, problem] of [
      [one.length - 8, 'incorrect data check'],
      [one.length - 1, 'incorrect length check'],
    ] as const) {
      const damaged = Buffer.from(one)
      damaged[at] = (damaged[at] ?? 0) ^ 0x10
      expect(await unpacked(damaged)).toEqual({ text: 'one\n', problem })
    }
  })

  it('may have every part that a header can have', async () => {
    const header = '\x1f\x8b\x08\x1e\0\0\0\0\0\x03'
    const parts = joined(header, '\x03\0abc', 'name\0', 'comment\0', '\0\0')
    const file = joined(parts, deflateRawSync('one\n'), one.subarray(-8))
    for (const pieceBytes of [1, 1_000]) {
      expect(await unpacked(file, pieceBytes)).toEqual({ text: 'one\n', problem: undefined })
    }
    expect((await unpacked(parts.subarray(0, 18))).problem).toBe(cut)
  })

  it('gives what another reader gives, however its members lie in pieces', async () => {
    const member = fc
      .tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 9 }))
      .map(([content, level]) => gzipSync(content, { level }))
    const members = fc.array(member, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 400 }), async (some, pieceBytes) => {
        const file = joined(...some)
        const text = gunzipSync(file).toString('latin1')
        expect(await unpacked(file, pieceBytes)).toEqual({ text, problem: undefined })
      }),
      { numRuns: 200 },
    )
  })

  it('is told from others by its first two bytes, of which none is lost', async () => {
    for (const [start, expected] of [
      ['\x1f\x8b', true],
      ['\x1f', false],
      ['{"', false],
      ['', false],
    ] as const) {
      const source = new ByteSource(
        (async function* () {
          for (const byte of joined(start)) yield Uint8Array.of(byte)
        })(),
      )
      expect(await isGzip(source)).toBe(expected)
      expect(Buffer.from(await source.take(9)).toString('latin1')).toBe(start)
    }
  })
})
