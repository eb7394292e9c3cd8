import { type Grain, LocalCalendar, type Period } from './local-calendar.ts'
import { type Purchase, Refused, readPurchase } from './purchase.ts'

/** One row as it should come out. Measures are the exact decimal texts of their JSON numbers. */
export interface OracleRow {
  readonly aggregation: 'purchases-by-product'
  readonly grain: Grain
  readonly period: string
  readonly from: string
  readonly to: string
  readonly productId: string
  readonly currency: string
  readonly purchases: string
  readonly quantity: string
  readonly revenue: string
  readonly minPrice: string
  readonly maxPrice: string
}

/** What a file's lines come to before they are added up. */
export interface OracleReading {
  /** Every purchase once: the first of those that share a transactionId and an hour (UTC). */
  readonly purchases: readonly Purchase[]
  readonly linesRead: number
  readonly refused: readonly { readonly line: Uint8Array; readonly field: string | undefined }[]
}

const hourMs = 3_600_000
const priceScale = 4

/** Reads lines in order, with the clock at `clockMs`. */
export function readPurchases(lines: Iterable<Uint8Array>, clockMs: number): OracleReading {
  const purchases: Purchase[] = []
  const refused: { line: Uint8Array; field: string | undefined }[] = []
  const seen = new Set<string>()
  let linesRead = 0
  for (const line of lines) {
    linesRead++
    const purchase = readPurchase(line, clockMs)
    if (purchase instanceof Refused) {
      refused.push({ line, field: purchase.field })
      continue
    }
    const hour = Math.floor(purchase.timeMs / hourMs)
    const identity = JSON.stringify([hour, purchase.transactionId])
    if (seen.has(identity)) continue
    seen.add(identity)
    purchases.push(purchase)
  }
  return { purchases, linesRead, refused }
}

interface Total {
  readonly period: Period
  readonly productId: string
  readonly currency: string
  purchases: bigint
  quantity: bigint
  revenue: bigint
  minPrice: bigint
  maxPrice: bigint
}

/** Adds purchases up per period, product and currency, in the order of their first purchases. */
export function rowsOf(purchases: Iterable<Purchase>, grain: Grain, timeZone: string): OracleRow[] {
  const calendar = new LocalCalendar(timeZone)
  const totals = new Map<string, Total>()
  for (const purchase of purchases) {
    const { productId, currency, quantity, unitPrice } = purchase
    const period = calendar.periodAt(grain, purchase.timeMs)
    const place = JSON.stringify([period.name, productId, currency])
    const total = totals.get(place) ?? {
      period,
      productId,
      currency,
      purchases: 0n,
      quantity: 0n,
      revenue: 0n,
      minPrice: unitPrice,
      maxPrice: unitPrice,
    }
    total.purchases += 1n
    total.quantity += quantity
    total.revenue += quantity * unitPrice
    if (unitPrice < total.minPrice) total.minPrice = unitPrice
    if (unitPrice > total.maxPrice) total.maxPrice = unitPrice
    totals.set(place, total)
  }
  return [...totals.values()].map((total) => presentRow(grain, total))
}

function presentRow(grain: Grain, total: Total): OracleRow {
  return {
    aggregation: 'purchases-by-product',
    grain,
    period: total.period.name,
    from: new Date(total.period.fromMs).toISOString(),
    to: new Date(total.period.toMs).toISOString(),
    productId: total.productId,
    currency: total.currency,
    purchases: total.purchases.toString(),
    quantity: total.quantity.toString(),
    revenue: decimalText(total.revenue, priceScale),
    minPrice: decimalText(total.minPrice, priceScale),
    maxPrice: decimalText(total.maxPrice, priceScale),
  }
}

/** Units of 10^-scale as text: no exponent, no zeros at the end, no minus before a zero. */
export function decimalText(units: bigint, scale: number): string {
  const one = 10n ** BigInt(scale)
  const size = units < 0n ? -units : units
  const fraction = (size % one).toString().padStart(scale, '0').replace(/0+$/, '')
  const sign = units < 0n ? '-' : ''
  return `${sign}${size / one}${fraction === '' ? '' : `.${fraction}`}`
}

/** The sum of one measure over rows, as decimal text; it takes what `decimalText` gives. */
export function sumOf<Measure extends string>(
  rows: Iterable<Readonly<Record<Measure, string>>>,
  measure: Measure,
): string {
  const scale = 12
  let sum = 0n
  for (const row of rows) {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(row[measure])
    if (match === null) throw new Error(`${measure} is no plain decimal: ${JSON.stringify(row)}`)
    const [, sign, whole = '', fraction = ''] = match
    const units = BigInt(whole + fraction.padEnd(scale, '0'))
    sum += sign === '-' ? -units : units
  }
  return decimalText(sum, scale)
}
