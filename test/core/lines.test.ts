import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from '../../lib/core/index.ts'

async function linesOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  const lines: string[] = []
  for await (const line of splitLines(chunks)) lines.push(Buffer.from(line).toString('latin1'))
  return lines
}

describe('splitLines', () => {
  it.each([
    [[], []],
    [[''], []],
    [['a'], ['a']],
    [['a\n'], ['a']],
    [['\n'], ['']],
    [['\n\n'], ['', '']],
    [['a\n\nb'], ['a', '', 'b']],
    [
      ['a', '', 'b\nc', '\n', 'd'],
      ['ab', 'c', 'd'],
    ],
    [['a\r\n'], ['a\r']],
    [['a', '\n'], ['a']],
    [['\xff\xfe\n\x00'], ['\xff\xfe', '\x00']],
  ])('makes of %j: %j', async (chunks, lines) => {
    expect(await linesOf(chunks.map((chunk) => Buffer.from(chunk, 'latin1')))).toEqual(lines)
  })

  it('does not depend on how the bytes are cut into chunks', async () => {
    const bytes = fc.uint8Array({ max: 12, maxLength: 60 })
    const cuts = fc.array(fc.nat(60), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (all, places) => {
        const edges = [0, ...places.sort((a, b) => a - b), all.length]
        const chunks = edges.slice(1).map((edge, at) => all.subarray(edges[at], edge))
        const text = Buffer.from(all).toString('latin1')
        const lines = text.split('\n')
        if (lines.at(-1) === '') lines.pop()
        expect(await linesOf(chunks)).toEqual(lines)
      }),
    )
  })

  it('takes a long line over many chunks, and goes on with the next', async () => {
    const chunks = Array.from({ length: 1_000 }, () => Buffer.alloc(1_000, 'x'))
    const lines = await linesOf([...chunks, Buffer.from('\nend')])
    expect(lines.map(({ length }) => length)).toEqual([1_000_000, 3])
  })

  it('hands on the error of its source, after the lines before it', async () => {
    const lines: string[] = []
    const broken = (async function* () {
      yield Buffer.from('a\nb')
      throw new Error('cut short')
    })()
    const reading = (async () => {
      for await (const line of splitLines(broken)) lines.push(Buffer.from(line).toString())
    })()
    await expect(reading).rejects.toThrow('cut short')
    expect(lines).toEqual(['a'])
  })
})
