import fc from 'fast-check'
import type { Units } from '../../lib/core/index.ts'

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER)

/** The one form that a whole number has as units. */
export function unitsFrom(whole: bigint): Units {
  return whole >= -maxSafe && whole <= maxSafe ? Number(whole) : whole
}

/** Whole numbers of every size, many of them near the end of the safe integers. */
export const wholeNumbers: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: maxSafe - 3n, max: maxSafe + 3n }),
  fc.bigInt({ min: -maxSafe - 3n, max: -maxSafe + 3n }),
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }),
)
