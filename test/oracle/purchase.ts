/** One accepted purchase: money in units of 0.0001, time in epoch ms. */
export interface Purchase {
  readonly transactionId: string
  readonly timeMs: number
  readonly productId: string
  readonly quantity: bigint
  readonly unitPrice: bigint
  readonly currency: string
}

/** A line that is not taken. `field` is absent where the line as a whole is at fault. */
export class Refused {
  readonly field: string | undefined

  constructor(field?: string) {
    this.field = field
  }
}

const earliestMs = Date.UTC(2000, 0, 1)
const maxAheadMs = 60 * 60 * 1000
const safeInteger = 2n ** 53n - 1n

/** Reads one line by the rules of the design's section 3, all of them written out by hand. */
export function readPurchase(line: Uint8Array, clockMs: number): Purchase | Refused {
  const fields = readObject(line)
  if (fields === undefined) return new Refused()
  const transactionId = readString(fields.get('transactionId'), 1, 128)
  if (transactionId === undefined) return new Refused('transactionId')
  const timeMs = readTimestamp(fields.get('timestamp'))
  if (timeMs === undefined) return new Refused('timestamp')
  const productId = readString(fields.get('productId'), 1, 256)
  if (productId === undefined) return new Refused('productId')
  const quantity = readUnits(fields.get('quantity'), 0)
  if (quantity === undefined) return new Refused('quantity')
  const unitPrice = readUnits(fields.get('unitPrice'), 4)
  if (unitPrice === undefined || unitPrice < 0n) return new Refused('unitPrice')
  const currency = readString(fields.get('currency'), 3, 3)
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) return new Refused('currency')
  const customerId = fields.get('customerId')
  if (customerId !== undefined && customerId !== null) {
    if (readString(customerId, 0, 128) === undefined) return new Refused('customerId')
  }
  if (timeMs < earliestMs || timeMs > clockMs + maxAheadMs) return new Refused('timestamp')
  return { transactionId, timeMs, productId, quantity, unitPrice, currency }
}

const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g

/**
 * The line's fields, or undefined where the line is not UTF-8 or not one JSON object. So that no
 * number passes through a float, every string is first marked with `s` and every number turned
 * into a string that is marked with `n`.
 */
function readObject(line: Uint8Array): Map<string, unknown> | undefined {
  let marked: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line)
    JSON.parse(text)
    const markedText = text.replace(stringsAndNumbers, (token) =>
      token.startsWith('"') ? `"s${token.slice(1)}` : `"n${token}"`,
    )
    marked = JSON.parse(markedText)
  } catch {
    return undefined
  }
  if (typeof marked !== 'object' || marked === null || Array.isArray(marked)) return undefined
  return new Map(Object.entries(marked).map(([name, value]) => [name.slice(1), value]))
}

function readString(value: unknown, minBytes: number, maxBytes: number): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('s')) return undefined
  const text = value.slice(1)
  const bytes = Buffer.from(text, 'utf8')
  // Half of a surrogate pair does not survive the way to UTF-8 and back.
  if (bytes.toString('utf8') !== text) return undefined
  return bytes.length >= minBytes && bytes.length <= maxBytes ? text : undefined
}

/** A JSON number, or a string that holds one, as a whole number of units of 10^-scale. */
function readUnits(value: unknown, scale: number): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const match = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(value.slice(1))
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  let digits = BigInt(whole + fraction)
  if (digits === 0n) return 0n
  let shift = scale - fraction.length + Number(exponent)
  // Further than this the number is out of range, or has too many decimals, whatever its digits.
  if (Math.abs(shift) > value.length + 30) return undefined
  for (; shift < 0; shift++) {
    if (digits % 10n !== 0n) return undefined
    digits /= 10n
  }
  const units = digits * 10n ** BigInt(shift)
  if (units > safeInteger) return undefined
  return sign === '-' ? -units : units
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339 to epoch ms; finer digits are cut off. No leap seconds. */
function readTimestamp(value: unknown): number | undefined {
  if (typeof value !== 'string' || !value.startsWith('s')) return undefined
  const match = rfc3339.exec(value.slice(1))
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number)
  const offset = match[8] ?? 'Z'
  const offsetHour = Number(offset.slice(1, 3))
  const offsetMinute = Number(offset.slice(4, 6))
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    return undefined
  }
  // Counted in the year 2000 + year % 400, since Date.UTC reads the years 0 to 99 as the 1900s.
  const cycles = Math.floor(year / 400) - 5
  const cycleMs = 146_097 * 24 * 60 * 60 * 1000
  const milliseconds = Number(`${match[7]?.slice(1) ?? ''}000`.slice(0, 3))
  const localMs = Date.UTC(2000 + (year % 400), month - 1, day, hour, minute, second, milliseconds)
  const aheadMs = (offsetHour * 60 + offsetMinute) * 60 * 1000
  return localMs + cycles * cycleMs - (offset.startsWith('-') ? -aheadMs : aheadMs)
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
}
