import { describe, expect, it } from 'vitest'
import { contentDigest } from '../../lib/store/content-digest.ts'

const digestOf = (...lines: string[]) => contentDigest(lines.map((line) => Buffer.from(line)))

describe('a digest of lines', () => {
  it('is the same for the same lines, as part of a name', () => {
    expect(digestOf('a', 'b')).toBe(digestOf('a', 'b'))
    expect(digestOf('a', 'b')).toMatch(/^[0-9a-f]{16}$/)
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
