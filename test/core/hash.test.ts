import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketOf } from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'

/** FNV-1a of 32 bits as RFC 9923 has it: over bytes, here those of UTF-16, the lower one first. */
function referenceHash(text: string): bigint {
  let hash = 2166136261n
  for (const byte of Buffer.from(text, 'utf16le')) {
    hash = ((hash ^ BigInt(byte)) * 16777619n) % 2n ** 32n
  }
  return hash
}

describe('bucketOf', () => {
  it('is FNV-1a over the UTF-16 of the key: stored rows depend on it', () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 1, max: 1_000 }), (key, count) => {
        expect(bucketOf(key, count)).toBe(Number(referenceHash(key) % BigInt(count)))
      }),
      { numRuns: 50 },
    )
  })

  it('spreads the keys of a shop evenly', () => {
    const sizes = new Array<number>(16).fill(0)
    for (let product = 0; product < 16_000; product++) {
      const bucket = bucketOf(`${10_000 + product}|GBP`, 16)
      sizes[bucket] = (sizes[bucket] ?? 0) + 1
    }
    expect(Math.min(...sizes)).toBeGreaterThan(800)
    expect(Math.max(...sizes)).toBeLessThan(1_200)
  })
})
