import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines, wholeLines } from '../../lib/core/index.ts'

async function linesOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  const lines: string[] = []
  for await (const chunk of wholeLines(chunks)) {
    for (const line of chunk) lines.push(Buffer.from(line).toString('latin1'))
  }
  return lines
}

describe('wholeLines', () => {
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
      for await (const chunk of wholeLines(broken)) {
        for (const line of chunk) lines.push(Buffer.from(line).toString())
      }
    })()
    await expect(reading).rejects.toThrow('cut short')
    expect(lines).toEqual(['a'])
  })
})

describe('Lines', () => {
  const textsOf = (lines: Lines) => [...lines].map((line) => Buffer.from(line).toString())

  it('are any bytes in one buffer, newlines among them', () => {
    const texts = ['one', '', 'tw\no', '\n']
    for (const all of [texts, []]) {
      const lines = Lines.of(all.map((text) => new Uint8Array(Buffer.from(text))))
      expect(lines).toHaveLength(all.length)
      expect(textsOf(lines)).toEqual(all)
    }
  })

  it('are no copy where all are views of one buffer, in whatever order', () => {
    const bytes = new Uint8Array(Buffer.from('--one--two')).subarray(2)
    const lines = Lines.of([bytes.subarray(5, 8), bytes.subarray(0, 3)])
    expect(textsOf(lines)).toEqual(['two', 'one'])
    expect(lines.bytes.buffer).toBe(bytes.buffer)
  })

  it('make a text with a newline behind each, which is no copy where they stand so', () => {
    const bytes = Buffer.from('one\ntwo\n\nfour\nfive')
    const lines = Lines.ofText(bytes)
    const textOf = (some: Lines) => Buffer.from(some.text()).toString()
    expect(textOf(lines)).toBe('one\ntwo\n\nfour\nfive\n')
    for (const some of [[0], [0, 1], [0, 1, 2, 3], [2, 3]]) {
      const picked = lines.pick(some)
      expect(textOf(picked)).toBe(some.map((line) => `${textsOf(lines)[line]}\n`).join(''))
      expect(picked.text().buffer).toBe(bytes.buffer)
    }
    for (const some of [[0, 2, 3], [3, 0], [1, 1], [4], []]) {
      expect(textOf(lines.pick(some))).toBe(
        some.map((line) => `${textsOf(lines)[line]}\n`).join(''),
      )
    }
  })

  it('end where their text does, with a newline or without', () => {
    expect(textsOf(Lines.ofText(Buffer.from('a\n\nb')))).toEqual(['a', '', 'b'])
    expect(textsOf(Lines.ofText(Buffer.from('a\n')))).toEqual(['a'])
  })

  it('have a text that stays, whoever gets the bytes behind them', () => {
    const shared = Buffer.from('one\ntwo\nthree')
    const text = Lines.of([shared.subarray(0, 3), shared.subarray(4, 7)]).text()
    const one = Lines.of([shared.subarray(0, 3)]).text()
    shared.write('{', 3)
    shared.write('{', 7)
    expect([text, one].map((bytes) => Buffer.from(bytes).toString())).toEqual([
      'one\ntwo\n',
      'one\n',
    ])
  })
})
