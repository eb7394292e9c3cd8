import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import {
  beginWindowFold,
  createCalendar,
  presentState,
  type WindowFold,
} from '../../lib/core/index.ts'
import { foldFiles } from '../../local/fold-files.ts'
import { maxLineBytes } from '../../local/stream-limits.ts'
import { Workspace } from '../end-to-end/workspace.ts'
import { byProduct, salesPipeline } from '../support/sales.ts'
import { lineOf } from '../support/sales-batches.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

const at = '2026-11-22T10:00:00Z'
const sale = (id: number) => `${lineOf({ id: String(id), at, product: 'a' })}\n`
const sales = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => sale(from + index)).join('')

function begin(): WindowFold {
  return beginWindowFold({
    definition: salesPipeline,
    aggregation: byProduct,
    grain: 'day',
    calendar: createCalendar('UTC'),
    eachIdOnce: true,
    nowMs: Date.parse(at),
  })
}

async function folded(...files: readonly (string | Uint8Array)[]) {
  const paths = files.map((bytes, index) =>
    workspace.writeBytes(`file-${index}`, Buffer.from(bytes as string)),
  )
  const fold = begin()
  let bytesRead = 0
  const lines = await foldFiles(fold, paths, (bytes) => {
    bytesRead += bytes
  })
  const [total] = fold.totals()
  const events = total && Object.fromEntries(presentState(byProduct, total.state)).events
  return { ...lines, events: Number(events ?? 0), duplicates: fold.duplicatesDropped, bytesRead }
}

const nothingWrong = { blankLines: 0, rejects: [], cutShort: [] }

describe('files that are folded', () => {
  it.each([
    ['plain', (text: string) => Buffer.from(text)],
    ['gzip', (text: string) => gzipSync(text)],
    ['zstd', (text: string) => zstdCompressSync(text)],
  ] as const)(
    'may be %s, of one part or several, and lack their last newline',
    async (_, packed) => {
      const parts = [sales(1, 3), sales(3, 5).slice(0, 60), sales(3, 5).slice(60, -1)]
      const file = Buffer.concat(parts.map(packed))
      expect(await folded(file, file)).toEqual({
        ...nothingWrong,
        lines: 12,
        events: 5,
        duplicates: 7,
        bytesRead: 2 * file.length,
      })
    },
  )

  it('may be of any size and of any kind, one beside the other', async () => {
    const many = sales(1, 20_000)
    expect(
      await folded('', many, gzipSync(many), 'x', zstdCompressSync(many), '{}\n'),
    ).toMatchObject({
      lines: 60_002,
      events: 20_000,
      duplicates: 40_000,
    })
  })

  it('have their rejects told by file and line', async () => {
    const bad = '{"id":"1"}\n'
    const found = await folded(
      `\n${sale(1)}`,
      `${sale(2)}${bad}no JSON\n\n`,
      gzipSync(`no\n${bad}`),
    )
    expect(found.rejects).toEqual([
      {
        reason: 'missing',
        field: 'at',
        message: 'at is missing',
        lines: 2,
        firstAt: { file: 'file-1', line: 2 },
      },
      {
        reason: 'not-json',
        field: undefined,
        message: 'the record is not JSON',
        lines: 2,
        firstAt: { file: 'file-1', line: 3 },
      },
    ])
    expect(found).toMatchObject({ lines: 6, blankLines: 2, events: 2 })
  })

  it('have lines rejected that are longer than the stream takes', async () => {
    const padded = (id: number, bytes: number) => sale(id).trim().padEnd(bytes, ' ')
    const longest = padded(1, maxLineBytes)
    const tooLong = padded(2, maxLineBytes + 1)
    const blank = ' '.repeat(3 * maxLineBytes)
    const far = padded(3, 5 * maxLineBytes)
    const file = [longest, tooLong, 'no', blank, sale(4).trim(), far, 'not', far].join('\n')
    const found = await folded(file, `${far}\n${sale(5)}`)
    expect(found).toMatchObject({ lines: 9, blankLines: 1, events: 3 })
    expect(found.rejects).toEqual([
      {
        reason: 'too-large',
        field: undefined,
        message: `the line has ${maxLineBytes + 1} bytes; the stream takes ${maxLineBytes}`,
        lines: 4,
        firstAt: { file: 'file-0', line: 2 },
      },
      {
        reason: 'not-json',
        field: undefined,
        message: 'the record is not JSON',
        lines: 2,
        firstAt: { file: 'file-0', line: 3 },
      },
    ])
    expect(await folded(gzipSync(file))).toMatchObject({ lines: 7, blankLines: 1, events: 2 })
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('of %s count up to where they are cut, wherever that is', async (_, pack) => {
    const first = pack(sales(1, 3))
    const whole = Buffer.concat([first, pack(sales(4, 6))])
    for (let end = 5; end <= whole.length; end++) {
      const found = await folded(whole.subarray(0, end), sale(9))
      const isWhole = end === first.length || end === whole.length
      expect(found.cutShort, `${end} bytes`).toHaveLength(isWhole ? 0 : 1)
      expect(found.rejects.map(({ reason }) => reason)).toEqual(isWhole ? [] : ['cut-short'])
      const lines = found.lines - 1
      expect(lines).toBeGreaterThanOrEqual(end >= first.length ? 3 : 0)
      expect(found.events).toBe(lines + 1)
      if (isWhole) continue
      expect(found.cutShort[0]).toBe(
        `file-0 is cut short or damaged after line ${lines}: unexpected end of file`,
      )
      expect(found.rejects[0]?.firstAt).toEqual({ file: 'file-0', line: lines + 1 })
    }
  })

  it.each([
    ['gzip', gzipSync, 'bytes that are no gzip'],
    ['zstd', zstdCompressSync, 'Unknown frame descriptor'],
  ] as const)('of %s are told to have something else behind them', async (_, pack, problem) => {
    const found = await folded(Buffer.concat([pack(sales(1, 3)), Buffer.from(sale(4))]))
    expect(found).toMatchObject({ lines: 3, events: 3 })
    expect(found.cutShort).toEqual([`file-0 is cut short or damaged after line 3: ${problem}`])
  })

  it('lose nothing of the file behind one that is damaged, again and again', async () => {
    const packed = gzipSync(sale(0))
    // So much of a file name that the damage begins with the second piece, amid what is read ahead.
    const name = Buffer.alloc(4 + 256 * 1024 - packed.length - 1, 'a')
    const head = Buffer.from(packed.subarray(0, 10))
    head[3] = (head[3] ?? 0) | 0x10
    const damage = Buffer.alloc(1024 * 1024, 'X')
    const bad = Buffer.concat([head, name, Buffer.of(0), packed.subarray(10), damage])
    const good = sales(1, 2_000)
    for (let round = 0; round < 40; round++) {
      const { events, cutShort, rejects } = await folded(bad, good)
      expect({ events, cut: cutShort.length }).toEqual({ events: 2_001, cut: 1 })
      expect(rejects.map(({ reason, lines }) => [reason, lines])).toEqual([['cut-short', 1]])
    }
  })
})

describe('a small file that decompresses to one very long line', () => {
  const mebibyte = 1024 * 1024

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('of %s takes little memory', async (name, pack) => {
    const part = pack(Buffer.alloc(16 * mebibyte, 'x'))
    const path = workspace.writeBytes(name, Buffer.concat(Array<Uint8Array>(32).fill(part)))
    const root = resolve(import.meta.dirname, '../..')
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/node'), [
      join(import.meta.dirname, 'fixtures/fold-input.ts'),
      path,
    ])
    const { maxRssKib, ...found } = JSON.parse(stdout)
    expect(found).toMatchObject({ lines: 1, rejects: [{ reason: 'too-large' }], cutShort: [] })
    expect(maxRssKib / 1024).toBeLessThan(256)
  })
})
