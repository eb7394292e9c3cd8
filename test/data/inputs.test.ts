import { describe, expect, it } from 'vitest'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { alterInput } from './altered-input.ts'
import { malformedKinds, malformedLines } from './malformed-lines.ts'
import { smallInput } from './small-input.ts'

const clockMs = Date.UTC(2026, 10, 22)

describe('the small input', () => {
  const lines = smallInput({ seed: 1, count: 300 })
  const reading = readPurchases(lines, clockMs)

  it('is the same for the same seed, and another for another', () => {
    expect(Buffer.concat(smallInput({ seed: 1, count: 300 }))).toEqual(Buffer.concat(lines))
    expect(Buffer.concat(smallInput({ seed: 2, count: 300 }))).not.toEqual(Buffer.concat(lines))
  })

  it('is taken whole, its repeats once', () => {
    expect(reading.refused).toEqual([])
    expect(reading.purchases.length).toBeLessThan(lines.length)
  })

  it('counts a reused id again in another hour', () => {
    const reused = reading.purchases.filter(({ transactionId }) => transactionId === 't-reused')
    expect(reused.length).toBeGreaterThan(1)
  })

  it('comes to the same rows in any order', () => {
    const backwards = readPurchases([...lines].reverse(), clockMs)
    const sorted = (purchases: typeof reading.purchases) =>
      rowsOf(purchases, 'day', 'Europe/London')
        .map((row) => JSON.stringify(row))
        .sort()
    expect(sorted(backwards.purchases)).toEqual(sorted(reading.purchases))
  })

  it('has sums beyond what a double holds', () => {
    const rows = rowsOf(reading.purchases, 'month', 'UTC')
    expect(rows.some(({ quantity }) => !Number.isSafeInteger(Number(quantity)))).toBe(true)
    expect(rows.some(({ revenue }) => String(Number(revenue)) !== revenue)).toBe(true)
  })
})

describe('malformed lines', () => {
  it.each(malformedLines(malformedKinds))('$kind is refused for its field', ({ line, field }) => {
    const { refused } = readPurchases([line], clockMs)
    expect(refused).toEqual([{ line, field }])
  })
})

describe('altered input', () => {
  it('holds every line, the repeats and the malformed ones, in as many files as asked', () => {
    const lines = smallInput({ seed: 3, count: 400 })
    const altered = alterInput(lines, {
      seed: 3,
      files: 3,
      repeatedShare: 0.05,
      malformedShare: 0.25,
    })
    const all = altered.files.flat()
    expect(altered.files.map((file) => file.length > 0)).toEqual([true, true, true])
    expect(all).toHaveLength(lines.length + altered.repeated + altered.malformed.length)
    expect(altered.linesInAll).toBe(all.length)
    expect(altered.repeated).toBe(Math.round(lines.length * 0.05))

    const reading = readPurchases(all, clockMs)
    const plain = readPurchases(lines, clockMs)
    expect(reading.refused).toHaveLength(altered.malformed.length)
    expect(reading.purchases).toHaveLength(plain.purchases.length)
    expect(reading.purchases).not.toEqual(plain.purchases)
  })
})
