/** A made-up purchase as a producer sends it, or bytes that are none. */
export interface MadePurchase {
  readonly data: Uint8Array
  readonly partitionKey: string
}

export interface PurchaseMakerOptions {
  /** Random numbers from 0 up to 1; the same ones make the same purchases. */
  readonly random: () => number
  /** Makes transaction ids of one run differ from those of another. */
  readonly runId: string
}

/** Out of this many events, one of each kind, on the whole. */
const oneInLate = 20
const oneInDuplicate = 50
const oneInMalformed = 100
const oneInReturn = 25

const maxLateMs = 3 * 86_400_000
const rememberedPurchases = 1_000

const products = [
  ['espresso-beans', '14.50'],
  ['filter-papers', '3.20'],
  ['french-press', '34.00'],
  ['grinder', '129.00'],
  ['kettle', '59.90'],
  ['milk-jug', '18.75'],
  ['mug-blue', '9.95'],
  ['mug-green', '9.95'],
  ['scale', '44.00'],
  ['tamper', '27.4999'],
] as const

const currencies = ['EUR', 'GBP', 'USD'] as const

/**
 * Makes purchases of a small shop, and with them what real streams bring: late events (up to three
 * days), a producer's duplicates (the same bytes again), returns (negative quantities) and records
 * that are malformed.
 */
export function createPurchaseMaker({ random, runId }: PurchaseMakerOptions) {
  const recent: MadePurchase[] = []
  let made = 0
  const oneIn = (count: number) => random() * count < 1
  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value

  return (nowMs: number): MadePurchase => {
    if (recent.length > 0 && oneIn(oneInDuplicate)) return pick(recent)
    const transactionId = `${runId}-${++made}`
    if (oneIn(oneInMalformed)) return malformed(transactionId, pick(malformations))
    // Squared, so that most products sell little and a few sell much.
    const [productId, unitPrice] =
      products[Math.floor(random() ** 2 * products.length)] ?? products[0]
    const lateMs = oneIn(oneInLate) ? random() * maxLateMs : 0
    const quantity = 1 + Math.floor(random() * 4)
    const purchase = toRecord(transactionId, {
      transactionId,
      timestamp: new Date(nowMs - lateMs).toISOString(),
      productId,
      quantity: oneIn(oneInReturn) ? -quantity : quantity,
      unitPrice,
      currency: pick(currencies),
    })
    recent.push(purchase)
    if (recent.length > rememberedPurchases) recent.shift()
    return purchase
  }
}

function toRecord(partitionKey: string, event: unknown): MadePurchase {
  return { partitionKey, data: Buffer.from(JSON.stringify(event)) }
}

const malformations = [
  { quantity: 'two' },
  { unitPrice: 1.234567 },
  { timestamp: 'yesterday' },
  { currency: 'euro' },
  { productId: null },
] as const

function malformed(transactionId: string, wrong: (typeof malformations)[number]): MadePurchase {
  return toRecord(transactionId, {
    transactionId,
    timestamp: '2026-01-01T00:00:00Z',
    productId: 'mug-blue',
    quantity: 1,
    unitPrice: 9.95,
    currency: 'EUR',
    ...wrong,
  })
}
