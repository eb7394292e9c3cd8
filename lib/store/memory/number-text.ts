/** DynamoDB's Numbers: 38 digits, and a magnitude from 1E-130 to below 1E+126. */
const maxDigits = 38
const smallestExponent = -130
const largestExponent = 125

/** What needs no rewriting: no leading zero, no trailing zero of a fraction, no exponent. */
const usual = /^(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,9})\.\d{0,9}[1-9])$/
const numeral = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** 0.digits * 10^exponent, without zeros at either end; no digits for zero. */
interface Decimal {
  readonly negative: boolean
  readonly digits: string
  readonly exponent: number
}

function parse(text: string): Decimal | undefined {
  const match = numeral.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const all = whole + fraction
  const leading = /^0*/.exec(all)?.[0].length ?? 0
  const digits = all.slice(leading).replace(/0+$/, '')
  if (digits === '') return { negative: false, digits, exponent: 0 }
  return { negative: sign === '-', digits, exponent: whole.length - leading + Number(power) }
}

/** A number's text as DynamoDB answers it; undefined where it is none, or takes too many digits. */
export function canonicalNumber(text: string): string | undefined {
  if (usual.test(text)) return text
  const decimal = parse(text)
  if (decimal === undefined) return undefined
  const { negative, digits, exponent } = decimal
  if (digits === '') return '0'
  const magnitude = exponent - 1
  if (digits.length > maxDigits) return undefined
  if (magnitude < smallestExponent || magnitude > largestExponent) return undefined
  return (negative ? '-' : '') + written(digits, exponent)
}

function written(digits: string, exponent: number): string {
  if (exponent <= 0) return `0.${'0'.repeat(-exponent)}${digits}`
  if (digits.length <= exponent) return digits.padEnd(exponent, '0')
  return `${digits.slice(0, exponent)}.${digits.slice(exponent)}`
}

/** Below 0, 0 or above, by every digit of two numbers that DynamoDB keeps. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0
  const [left, right] = [parse(a), parse(b)]
  if (left === undefined || right === undefined) return Number.NaN
  if (left.negative !== right.negative) return left.negative ? -1 : 1
  const order = compareMagnitudes(left, right)
  return left.negative ? -order : order
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  if (a.exponent !== b.exponent) return a.exponent - b.exponent
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -1 : 1
}
