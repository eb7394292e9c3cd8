import { seededRandom } from '../emulator/faults/seeded-random.ts'
import { dayMs } from '../lib/core/index.ts'
import { PurchaseTotals } from './purchase-totals.ts'

export interface MadePurchasesOptions {
  /** Lines to make, duplicates among them. */
  readonly events: number
  readonly seed: number
  /** The share of lines that are an earlier one again, byte for byte. Default none. */
  readonly duplicates?: number
  /** How much of a day they are spread over, from its start. Default all of it. */
  readonly spanMs?: number
}

/** What the made lines come to. */
export interface MadeTotals {
  readonly bytes: number
  /** Every line counted. */
  readonly all: PurchaseTotals
  /** Each id counted once. */
  readonly once: PurchaseTotals
}

/** Over for long, so that no clock finds an event ahead of it. */
export const firstDayMs = Date.UTC(2024, 10, 5)

const products = 1_000
const linesAtOnce = 4_000
const oneInLate = 50
const maxLateMs = 10 * 60_000
const oneInWithoutCustomer = 12
const customers = 200_000

/** The share of sales up to each currency. */
const currencies = [
  ['EUR', 0.44],
  ['USD', 0.7],
  ['GBP', 0.86],
  ['CHF', 0.95],
  ['SEK', 1],
] as const

/**
 * Purchases of `pipeline.config.ts` as a producer writes them, in chunks of whole lines: one day in
 * the order of time, with a few that are late by minutes. The same options make the same bytes.
 */
export function* madePurchases(options: MadePurchasesOptions): Generator<Buffer, MadeTotals> {
  const { events, seed, duplicates = 0, spanMs = dayMs } = options
  const random = seededRandom(seed)
  const sales = salesOfProducts(random)
  const timeOf = timeWriter(random)
  const stepMs = spanMs / events
  const all = new PurchaseTotals()
  const once = new PurchaseTotals()
  let bytes = 0
  let before: Line[] = []
  for (let from = 0; from < events; from += linesAtOnce) {
    const lines: Line[] = []
    let text = ''
    for (let at = from; at < Math.min(from + linesAtOnce, events); at++) {
      const earlier = before.length > 0 ? before : lines
      const again = duplicates > 0 && earlier.length > 0 && random() < duplicates
      const line = again
        ? (earlier[Math.floor(random() * earlier.length)] as Line)
        : newLine(random, sales, idOf(seed, at), timeOf(at * stepMs))
      text += line.text
      all.add(line.quantity, line.priceUnits)
      if (!again) {
        once.add(line.quantity, line.priceUnits)
        lines.push(line)
      }
    }
    before = lines
    const chunk = Buffer.from(text, 'latin1')
    bytes += chunk.length
    yield chunk
  }
  return { bytes, all, once }
}

interface Line {
  readonly text: string
  readonly quantity: number
  readonly priceUnits: number
}

/** A product's part of a line, and its price in units of 0.0001. */
interface Product {
  readonly text: string
  readonly priceText: string
  readonly priceUnits: number
}

function salesOfProducts(random: () => number): readonly Product[] {
  return Array.from({ length: products }, (_, at) => {
    // Of goods that cost between 0.5 and 250, most are cheap.
    const price = Math.round(50 * 500 ** (random() ** 1.5)) / 100
    const name = `sku-${String(at).padStart(4, '0')}`
    return {
      text: `","productId":"${name}","quantity":`,
      priceText: `,"unitPrice":${price},"currency":"`,
      priceUnits: Math.round(price * 10_000),
    }
  })
}

function newLine(random: () => number, sales: readonly Product[], id: string, time: string): Line {
  // To a power, so that some products sell several times as often as most.
  const product = sales[Math.floor(random() ** 2.4 * products)] as Product
  const luck = random()
  const quantity = luck < 0.6 ? 1 : luck < 0.97 ? 2 + Math.floor(random() * 8) : -1
  const share = random()
  const [currency] = currencies.find(([, upTo]) => share < upTo) ?? currencies[0]
  const customer = random() * oneInWithoutCustomer < 1 ? '' : customerOf(random)
  const text = `{"transactionId":"${id}","timestamp":"${time}${product.text}${quantity}${product.priceText}${currency}"${customer}}\n`
  return { text, quantity, priceUnits: product.priceUnits }
}

const customerOf = (random: () => number) =>
  `,"customerId":"c${100_000 + Math.floor(random() * customers)}"`

/** Twelve hex digits, in no order, and others for each place: each step can be undone. */
function idOf(seed: number, at: number): string {
  const high = Math.floor(at / 0x100_0000)
  const low = (Math.imul(at & 0xff_ffff, 0x9e_3779) + seed) & 0xff_ffff
  return hex24(Math.imul(low, 0x85_ebcb) ^ high) + hex24(low)
}

const hex12 = Array.from({ length: 4096 }, (_, value) => value.toString(16).padStart(3, '0'))

const hex24 = (value: number) =>
  (hex12[(value >>> 12) & 0xfff] as string) + (hex12[value & 0xfff] as string)

const digits3 = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))
/** RFC 3339. Most are of the second that the last was of, whose text is kept. */
function timeWriter(random: () => number): (sinceStartMs: number) => string {
  let lastSecond = Number.NaN
  let lastText = ''
  return (sinceStartMs) => {
    const lateMs = random() * oneInLate < 1 ? random() * maxLateMs : 0
    const atMs = Math.floor(Math.max(0, sinceStartMs - lateMs))
    if (lateMs > 0) return new Date(firstDayMs + atMs).toISOString()
    const second = Math.floor(atMs / 1000)
    if (second !== lastSecond) {
      lastSecond = second
      lastText = new Date(firstDayMs + second * 1000).toISOString().slice(0, -4)
    }
    return `${lastText}${digits3[atMs % 1000]}Z`
  }
}
