import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { FileLines } from '../../local/file-lines.ts'
import { inputLines, maxHeldLineBytes } from '../../local/input-lines.ts'
import { Workspace } from '../end-to-end/workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

async function read(...files: readonly Uint8Array[]) {
  const paths = files.map((bytes, at) => workspace.writeBytes(`input-${at}`, bytes))
  const found = { lines: [] as string[], blankLines: 0, cutShort: [] as string[] }
  const lines = inputLines(paths, {
    onBytes: () => undefined,
    onBlankLines: (more) => {
      found.blankLines += more
    },
    onCutShort: async ({ line, data, message }) => {
      found.cutShort.push(`${line} "${Buffer.from(data)}": ${message}`)
    },
  })
  for await (const { line, atByte, bytes, data } of lines) {
    expect(data).toHaveLength(bytes)
    found.lines.push(`${line} @${atByte} ${Buffer.from(data)}`)
  }
  return found
}

const nothingElse = { blankLines: 0, cutShort: [] }

describe('the lines of files', () => {
  it.each([
    ['', []],
    ['a', ['1 @0 a']],
    ['a\n', ['1 @0 a']],
    ['a\nb', ['1 @0 a', '2 @2 b']],
    ['a\r\nb\r', ['1 @0 a\r', '2 @3 b\r']],
    ['\ufeffa\n\ufeff\n', ['1 @0 \ufeffa', '2 @5 \ufeff']],
    ['\0\n', ['1 @0 \0']],
  ])('%j are told with their places', async (text, lines) => {
    const bytes = Buffer.from(text)
    expect(await read(bytes)).toEqual({ ...nothingElse, lines })
    expect(await read(gzipSync(bytes))).toEqual({ ...nothingElse, lines })
  })

  it('are counted from 1 in each file, and blank ones are passed over', async () => {
    const text = Buffer.from('\n \t\r\na\n\nb\n\n ')
    const lines = ['3 @5 a', '5 @8 b']
    const found = await read(text, gzipSync(text))
    expect(found).toEqual({ lines: [...lines, ...lines], blankLines: 10, cutShort: [] })
  })

  it('in UTF-16 are lines of other bytes, and none is lost', async () => {
    const bytes = Buffer.from('\ufeff{}\n{}', 'utf16le')
    const found = await read(bytes)
    expect(found.lines).toHaveLength(2)
  })

  it('before a cut are whole, and what is left of a line is told', async () => {
    const stored = gzipSync('one\ntwo\nthree\n', { level: 0 })
    expect(await read(stored.subarray(0, -8 - 3))).toEqual({
      lines: ['1 @0 one', '2 @4 two'],
      blankLines: 0,
      cutShort: ['3 "thr": input-0 is cut short or damaged after line 2: unexpected end of file'],
    })
    expect(await read(stored.subarray(0, -4), Buffer.from('next'))).toEqual({
      lines: ['1 @0 one', '2 @4 two', '3 @8 three', '1 @0 next'],
      blankLines: 0,
      cutShort: ['4 "": input-0 is cut short or damaged after line 3: unexpected end of file'],
    })
  })

  it.each(['more\n', '\0more\n'])('behind gzip are no gzip: %j', async (behind) => {
    expect(await read(Buffer.concat([gzipSync('one\ntwo\n'), Buffer.from(behind)]))).toEqual({
      lines: ['1 @0 one', '2 @4 two'],
      blankLines: 0,
      cutShort: ['3 "": input-0 is cut short or damaged after line 2: bytes that are no gzip'],
    })
  })
})

describe('the cutting of content into lines', () => {
  it('comes to the same however the content arrives, and holds no more than it may', () => {
    const content = fc
      .array(fc.constantFrom('\n', '\n\n', 'a', 'bcd', ' ', '\r', 'long '.repeat(4)), {
        maxLength: 30,
      })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 9 }), (text, pieceBytes) => {
        const maxHeldBytes = 6
        const lines = new FileLines(maxHeldBytes)
        const found: string[] = []
        const note = ({ line, atByte, bytes, data }: ReturnType<FileLines['rest']> & object) => {
          found.push(`${line} @${atByte} +${bytes} ${Buffer.from(data)}`)
        }
        const all = Buffer.from(text)
        for (let at = 0; at < all.length; at += pieceBytes) {
          for (const line of lines.add(all.subarray(at, at + pieceBytes))) note(line)
        }
        const rest = lines.rest()
        if (rest) note(rest)

        const split = text.split('\n')
        if (split.at(-1) === '') split.pop()
        let atByte = 0
        let blankLines = 0
        const expected: string[] = []
        for (const [index, line] of split.entries()) {
          if (line.trim() === '' && line.length <= maxHeldBytes) blankLines++
          else {
            const held = line.slice(0, maxHeldBytes)
            expected.push(`${index + 1} @${atByte} +${line.length} ${held}`)
          }
          atByte += line.length + 1
        }
        expect(found).toEqual(expected)
        expect(lines.blankLines).toBe(blankLines)
        expect(lines.lines).toBe(split.length)
      }),
    )
  })
})

describe('a small file that decompresses to very much', () => {
  const mebibyte = 1024 * 1024

  /** Reads the file in a process of its own, whose most memory can be told. */
  async function readAlone(name: string, file: Uint8Array) {
    const path = workspace.writeBytes(name, file)
    const root = resolve(import.meta.dirname, '../..')
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/node'), [
      join(import.meta.dirname, 'fixtures/read-input.ts'),
      path,
    ])
    const { maxRssKib, ...found } = JSON.parse(stdout)
    return { found, maxRssMib: maxRssKib / 1024 }
  }

  it.each([
    [
      'one line',
      'x',
      { lines: 1, heldBytes: maxHeldLineBytes, bytes: 512 * mebibyte, blankLines: 0 },
    ],
    ['empty lines', '\n', { lines: 0, heldBytes: 0, bytes: 0, blankLines: 512 * mebibyte }],
  ])('of %s takes little memory', async (name, text, expected) => {
    const member = gzipSync(Buffer.alloc(16 * mebibyte, text))
    const bomb = Buffer.concat(Array<Uint8Array>(32).fill(member))
    expect(bomb.length).toBeLessThan(mebibyte)
    const { found, maxRssMib } = await readAlone(name.replace(' ', '-'), bomb)
    expect(found).toEqual({ ...expected, cutShort: 0 })
    expect(maxRssMib).toBeLessThan(320)
  })
})
