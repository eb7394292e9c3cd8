import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentRows } from '../../lib/rows/recent-rows.ts'

describe('recent rows', () => {
  it('forget the one that was longest not used', () => {
    const rows = new RecentRows<number>(2)
    rows.set('a', 1)
    rows.set('b', 2)
    expect(rows.get('a')).toBe(1)
    rows.set('c', 3)
    expect([rows.get('a'), rows.get('b'), rows.get('c')]).toEqual([1, undefined, 3])
    rows.set('a', 10)
    rows.set('d', 4)
    expect([rows.get('a'), rows.get('c'), rows.get('d')]).toEqual([10, undefined, 4])
    rows.delete('a')
    expect(rows.get('a')).toBeUndefined()
    expect(rows.size).toBe(1)
  })

  it('behave like the end of a list of all uses', () => {
    const steps = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        step: fc.constantFrom('get', 'set', 'delete'),
      }),
    )
    fc.assert(
      fc.property(steps, fc.nat(3), (all, maxRows) => {
        const rows = new RecentRows<number>(maxRows)
        let model: [string, number][] = []
        for (const [value, { id, step }] of all.entries()) {
          const known = model.find(([other]) => other === id)
          const others = model.filter(([other]) => other !== id)
          if (step === 'get') {
            expect(rows.get(id)).toBe(known?.[1])
            if (known) model = [...others, known]
          } else if (step === 'set') {
            rows.set(id, value)
            const next: [string, number][] = [...others, [id, value]]
            model = next.slice(Math.max(0, next.length - maxRows))
          } else {
            rows.delete(id)
            model = others
          }
          expect(rows.size).toBe(model.length)
        }
      }),
    )
  })
})
