import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { inputLines } from '../../../local/input-lines.ts'
import type { FuzzTarget } from '../target.ts'
import { type Frame, framed, framesOf } from './frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'twofold-fuzz-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A file, its content, and whether all of the file is that content. */
interface MadeFile {
  readonly bytes: Buffer
  readonly content: Buffer
  readonly isWhole: boolean
}

/** What becomes of each frame: a member of gzip, zeros, or an end that it should not have. */
function gzipFile(frames: readonly Frame[]): MadeFile {
  let members: Buffer = gzipSync('')
  let content = Buffer.alloc(0)
  let padding = 0
  for (const { kind, content: part } of frames) {
    if (kind % 8 === 7) {
      const bytes = Buffer.concat([members, Buffer.alloc(padding), Buffer.from('{'), part])
      return { bytes, content, isWhole: false }
    }
    if (kind % 8 === 6) {
      // No member has fewer bytes than 20, so that what is cut is the last one.
      const cut = 1 + ((kind >> 3) % 19)
      return { bytes: members.subarray(0, -cut), content, isWhole: false }
    }
    if (kind % 8 === 5) {
      padding += kind
      continue
    }
    members = Buffer.concat([members, Buffer.alloc(padding), gzipSync(part, { level: kind % 8 })])
    content = Buffer.concat([content, part])
    padding = 0
  }
  return { bytes: Buffer.concat([members, Buffer.alloc(padding)]), content, isWhole: true }
}

/** A file of events: plain, gzip of any make, and gzip that is none. */
export const inputFileTarget: FuzzTarget = {
  name: 'input-file',
  seeds: [
    Buffer.from('p{"a":1}\n\n \t\r\nlast'),
    framed([0x67, ''], [0, 'one\n'], [4, 'two\nthree'], [5, ''], [3, '\nfour'], [7, 'x']),
    framed([0x67, ''], [1, 'one\ntwo\n'], [6 + 8 * 3, '']),
    Buffer.concat([Buffer.from('r'), gzipSync('one\ntwo\n'), Buffer.from([0, 0]), gzipSync('x\n')]),
    Buffer.concat([Buffer.from('r'), gzipSync('one\n', { level: 0 })]),
  ],
  dictionary: [
    '\n',
    '\r',
    '\ufeff',
    Uint8Array.of(0x1f, 0x8b),
    Uint8Array.of(0x1f, 0x8b, 8, 0x1e),
    Uint8Array.of(0xfe),
    gzipSync('abc\n'),
    Uint8Array.of(0xfe, 5),
    Uint8Array.of(0xfe, 6),
    Uint8Array.of(0xfe, 7),
  ],
  async check(input) {
    const [mode] = input
    const rest = Buffer.from(input.subarray(1))
    if (mode === 'g'.charCodeAt(0)) await checkMade(gzipFile(framesOf(rest)))
    else if (mode === 'r'.charCodeAt(0)) await readFile(rest)
    else if (rest[0] !== 0x1f) await checkMade({ bytes: rest, content: rest, isWhole: true })
  },
}

async function checkMade({ bytes, content, isWhole }: MadeFile): Promise<void> {
  const found = await readFile(bytes)
  equal(found.problem === undefined, isWhole, `the file is told as ${found.problem ?? 'whole'}`)
  const text = content.toString('latin1')
  const split = text.split('\n')
  if (split.at(-1) === '') split.pop()
  const expected = split.map((line) => (/^[ \t\r]*$/.test(line) ? '' : line))
  if (isWhole) {
    equal(found.blank, expected.filter((line) => line === '').length)
    while (expected.at(-1) === '') expected.pop()
    deepStrictEqual(found.lines, expected)
    equal(found.bytesTaken, bytes.length)
    return
  }
  deepStrictEqual(found.lines, expected.slice(0, found.lines.length))
  const read = found.lines.map((line) => `${line}\n`).join('') + found.rest
  ok(expected.join('\n').startsWith(read.replace(/\n$/, '')), 'it gives what is not in the file')
}

/** All lines by their numbers, blank ones too, and what is told of an early end. */
async function readFile(bytes: Uint8Array) {
  const path = join(folder, 'input')
  writeFileSync(path, bytes)
  const found = {
    lines: [] as string[],
    rest: '',
    problem: undefined as string | undefined,
    bytesTaken: 0,
    blank: 0,
  }
  let atByte = 0
  const lines = inputLines([path], {
    onBytes: (more) => {
      found.bytesTaken += more
    },
    onBlankLines: (more) => {
      found.blank += more
    },
    onCutShort: async ({ line, data, message }) => {
      while (found.lines.length < line - 1) found.lines.push('')
      found.rest = Buffer.from(data).toString('latin1')
      found.problem = message
    },
  })
  for await (const { line, data, bytes: length, atByte: from } of lines) {
    ok(from >= atByte, 'lines overlap')
    atByte = from + length
    equal(data.length, length)
    while (found.lines.length < line - 1) found.lines.push('')
    found.lines.push(Buffer.from(data).toString('latin1'))
  }
  return found
}
