import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8, Utf8SortedMap } from '../../../lib/store/memory/utf8-sorted-map.ts'

// Few characters, so that texts have beginnings in common; they lie at each edge of the encodings.
const texts = fc.string({
  unit: fc.constantFrom(
    '\0',
    'a',
    'b',
    '\x7f',
    '\x80',
    '\u07ff',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '🧺',
  ),
  maxLength: 6,
})

const bytesOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

describe('the order of UTF-8', () => {
  it('is that of the bytes', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(bytesOrder(a, b))
      }),
    )
  })
})

describe('a map in the order of UTF-8', () => {
  const steps = fc.array(
    fc.record({ key: texts, does: fc.constantFrom('set', 'set', 'delete', 'read') }),
    { maxLength: 60 },
  )

  it('has its entries in order after any steps', () => {
    fc.assert(
      fc.property(steps, texts, (all, from) => {
        const map = new Utf8SortedMap<number>()
        const plain = new Map<string, number>()
        for (const [at, { key, does }] of all.entries()) {
          if (does === 'read') map.entriesBelow('')
          else if (does === 'delete') [map.delete(key), plain.delete(key)]
          else [map.set(key, at), plain.set(key, at)]
        }
        const sorted = [...plain].sort(([a], [b]) => bytesOrder(a, b))
        const onwards = sorted.filter(([key]) => bytesOrder(key, from) >= 0)
        expect(map.entriesBelow('')).toEqual(sorted)
        expect(map.entriesBelow(from)).toEqual(sorted.filter(([key]) => key.startsWith(from)))
        expect(map.entriesFrom(from, () => true)).toEqual(onwards)
        expect(map.copy().entriesBelow('')).toEqual(sorted)
        expect(map.size).toBe(plain.size)
      }),
    )
  })

  it('is sorted anew where a key would have to be put far from its end', () => {
    const map = new Utf8SortedMap<number>()
    const keys = Array.from({ length: 5_000 }, (_, at) => String(at).padStart(5, '0'))
    for (const key of keys) map.set(key, 1)
    expect(map.entriesBelow('').map(([key]) => key)).toEqual(keys)
    map.set('!', 1)
    expect(map.entriesBelow('').map(([key]) => key)).toEqual(['!', ...keys])
    map.delete('!')
    expect(map.entriesBelow('').map(([key]) => key)).toEqual(keys)
  })

  it('shares nothing with its copy', () => {
    const map = new Utf8SortedMap([['a', 1]])
    const copy = map.copy()
    map.set('b', 2)
    copy.set('a', 3)
    expect([map.entriesBelow(''), copy.entriesBelow('')]).toEqual([
      [
        ['a', 1],
        ['b', 2],
      ],
      [['a', 3]],
    ])
  })
})
