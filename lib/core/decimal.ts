/**
 * An exact decimal as a whole number of units of 10^-scale: a number while it is a safe integer,
 * a bigint beyond. Every function here returns that one form, so equal decimals are `===`.
 */
export type Units = number | bigint

/** Why a decimal text was not read. */
export type DecimalProblem = 'not-a-decimal' | 'too-many-decimals' | 'out-of-range'

const decimalText = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Numbers with more digits that count are refused before any arithmetic on them. */
const maxDigits = 400

/** The one form of these units. */
export function canonical(units: bigint): Units {
  const asNumber = Number(units)
  return Number.isSafeInteger(asNumber) ? asNumber : units
}

export function addUnits(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return canonical(BigInt(a) + BigInt(b))
}

export function multiplyUnits(a: Units, b: Units): Units {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    // Adding zero turns -0 into 0, which has but one form.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return canonical(BigInt(a) * BigInt(b))
}

/**
 * Reads a JSON number's source text, with or without an exponent, into units of 10^-scale.
 * Zeros that don't count are allowed at either end, however many; decimals beyond the scale are not.
 * Takes time in proportion to the text, and refuses what has too many digits before it computes.
 */
export function parseDecimal(text: string, scale: number): Units | DecimalProblem {
  const match = decimalText.exec(text)
  if (match === null) return 'not-a-decimal'
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const written = whole + fraction
  const end = endWithoutZeros(written)
  const digits = written.slice(0, end).replace(/^0+/, '')
  if (digits === '') return 0
  // How many places the digits move to the left to become units; the last of them is not 0.
  const shift = Number(exponent) - fraction.length + (written.length - end) + scale
  if (shift < 0) return 'too-many-decimals'
  if (shift > maxDigits || digits.length > maxDigits) return 'out-of-range'
  return canonical(BigInt(sign + digits + '0'.repeat(shift)))
}

/** Counted by hand, since `/0+$/` takes quadratic time where zeros stand before another digit. */
function endWithoutZeros(digits: string): number {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return end
}

/** The canonical text: no exponent, no zeros that don't count, no "-0". */
export function formatUnits(units: Units, scale: number): string {
  if (scale === 0) return units.toString()
  const negative = units < 0
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0')
  const decimals = digits.slice(-scale)
  const fraction = decimals.slice(0, endWithoutZeros(decimals))
  const text = digits.slice(0, -scale) + (fraction === '' ? '' : `.${fraction}`)
  return negative ? `-${text}` : text
}

/** `a / b`, with `b` above 0, to the nearest unit and ties to even (IEEE 754's roundTiesToEven). */
export function divideUnits(a: Units, b: Units): Units {
  const dividend = BigInt(a)
  const divisor = BigInt(b)
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const twice = (rest < 0n ? -rest : rest) * 2n
  const roundsAway = twice > divisor || (twice === divisor && quotient % 2n !== 0n)
  return canonical(roundsAway ? quotient + (dividend < 0n ? -1n : 1n) : quotient)
}
