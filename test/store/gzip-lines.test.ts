import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Lines } from '../../lib/core/index.ts'
import { gunzipLines, gzipLines, gzipTextLines } from '../../lib/store/gzip-lines.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'

async function textsOf(chunks: AsyncIterable<Lines>): Promise<string[]> {
  const all = await Array.fromAsync(chunks)
  return all.flatMap((lines) => [...lines].map((line) => Buffer.from(line).toString()))
}

describe('gzipped lines', () => {
  async function* once(bytes: Uint8Array) {
    yield bytes
  }

  it('are read as they were written, however many', async () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 97)}`)
    const asText = async function* () {
      yield* lines
    }
    const streamed = Buffer.concat(await Array.fromAsync(gzipTextLines(asText())))
    const atOnce = await gzipLines(lines.map((line) => Buffer.from(line)))
    for (const bytes of [streamed, atOnce]) {
      expect(gunzipSync(bytes).toString()).toBe(`${lines.join('\n')}\n`)
      expect(await textsOf(gunzipLines('x', once(bytes)))).toEqual(lines)
    }
  })

  it.each([
    ['cut short', gzipSync('one\ntwo\nthree\n'.repeat(1_000)).subarray(0, -9)],
    ['cut to its header', gzipSync('one\n').subarray(0, 12)],
    ['no gzip', Buffer.from('one\ntwo\n')],
    ['damaged', gzipSync('one\n'.repeat(99)).map((byte, at) => (at === 20 ? byte ^ 255 : byte))],
  ])('throw StorageTrouble with the name of what is %s', async (_what, bytes) => {
    const reading = textsOf(gunzipLines('history/x', once(bytes)))
    await expect(reading).rejects.toThrow(StorageTrouble)
    await expect(textsOf(gunzipLines('history/x', once(bytes)))).rejects.toThrow(
      /^Reading history\/x failed: /,
    )
  })

  it('hand on the trouble of what they are read from and made of', async () => {
    const broken = async function* () {
      yield gzipSync('one\n'.repeat(100_000)).subarray(0, 50)
      throw new Error('connection reset')
    }
    await expect(textsOf(gunzipLines('x', broken()))).rejects.toThrow('connection reset')
    const brokenText = async function* () {
      yield 'one'
      throw new Error('the part is not sorted')
    }
    await expect(Array.fromAsync(gzipTextLines(brokenText()))).rejects.toThrow(
      'the part is not sorted',
    )
  })

  it('let go of their source when their reader has enough', async () => {
    let closed = false
    const source = async function* () {
      try {
        for (;;) yield gzipSync('one\n'.repeat(10_000))
      } finally {
        closed = true
      }
    }
    for await (const lines of gunzipLines('x', source())) {
      expect(Buffer.from(lines.at(0)).toString()).toBe('one')
      break
    }
    await expect.poll(() => closed).toBe(true)
  })
})
