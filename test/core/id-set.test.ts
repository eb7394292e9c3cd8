import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from '../../lib/core/id-set.ts'

test('a set of ids knows each that was added, however many of them a Set takes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), fc.integer({ min: 1, max: 8 }), (numbers, maxPerSet) => {
      const ids = new IdSet(maxPerSet)
      const expected = new Set<string>()
      for (const id of numbers.map(String)) {
        expect(ids.has(id)).toBe(expected.has(id))
        if (!ids.has(id)) ids.add(id)
        expected.add(id)
      }
      for (let id = 0; id <= 31; id++) expect(ids.has(`${id}`)).toBe(expected.has(`${id}`))
    }),
  )
})
