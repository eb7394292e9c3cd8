import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contentDigest } from '../../lib/store/content-digest.ts'

const digestOf = (...lines: string[]) => contentDigest(lines.map((line) => Buffer.from(line)))

describe('a digest of lines', () => {
  it('is the same for the same lines, as part of a name', () => {
    expect(digestOf('a', 'b')).toBe(digestOf('a', 'b'))
    expect(digestOf('a', 'b')).toMatch(/^[0-9a-f]{16}$/)
  })

  it('stays what it was, since objects are named by it, whatever the lengths of lines are', () => {
    expect(digestOf('a', 'b')).toBe(
      createHash('sha256').update('1:a1:b').digest('hex').slice(0, 16),
    )
    const lengths = [0, 1, 100, 16_377, 16_378, 16_379, 5, 16_384, 16_385, 9, 50_000, 8_190, 8_190]
    const lines = lengths.map((length) => 'x'.repeat(length))
    const joined = lines.map((line) => `${line.length}:${line}`).join('')
    expect(digestOf(...lines)).toBe(createHash('sha256').update(joined).digest('hex').slice(0, 16))
  })

  it('tells lines apart that are cut or ordered otherwise', () => {
    const all = [
      digestOf(),
      digestOf(''),
      digestOf('', ''),
      digestOf('a', 'b'),
      digestOf('b', 'a'),
      digestOf('ab'),
      digestOf('a1:b'),
      digestOf('a', '', 'b'),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})
