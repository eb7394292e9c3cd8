import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSequenceNumbers } from '../../lib/core/sequence-number.ts'

describe('sequence numbers', () => {
  it('are compared as numbers of up to 129 digits, leading zeros and all', () => {
    const numbers = fc.oneof(fc.bigInt(0n, 200n), fc.bigInt(0n, 10n ** 129n - 1n))
    const zeros = fc.nat(3).map((count) => '0'.repeat(count))
    fc.assert(
      fc.property(numbers, numbers, zeros, (a, b, padding) => {
        const order = compareSequenceNumbers(padding + a, String(b))
        expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })

  it.each([
    ['9', '10', -1],
    ['0', '00', 0],
    ['9'.repeat(129), `1${'0'.repeat(128)}`, 1],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareSequenceNumbers(a, b))).toBe(sign)
  })
})
