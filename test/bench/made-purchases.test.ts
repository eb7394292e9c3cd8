import { expect, test } from 'vitest'
import {
  type MadePurchasesOptions,
  type MadeTotals,
  madePurchases,
} from '../../bench/made-purchases.ts'
import { PurchaseTotals } from '../../bench/purchase-totals.ts'
import { type DecodedEvent, decodeEvent, Lines } from '../../lib/core/index.ts'
import pipeline from '../../pipeline.config.ts'

function make(options: MadePurchasesOptions): { text: Buffer; totals: MadeTotals } {
  const chunks: Buffer[] = []
  const made = madePurchases(options)
  for (;;) {
    const { done, value } = made.next()
    if (done) return { text: Buffer.concat(chunks), totals: value }
    chunks.push(value)
  }
}

function decode(text: Buffer): DecodedEvent[] {
  return [...Lines.ofText(text)].map((line) => decodeEvent(pipeline, line) as DecodedEvent)
}

function totalsOf(events: readonly DecodedEvent[]): PurchaseTotals {
  const totals = new PurchaseTotals()
  for (const { values } of events) totals.add(Number(values.quantity), Number(values.unitPrice))
  return totals
}

test('made purchases are events that come to what the maker tells', () => {
  const { text, totals } = make({ events: 20_000, seed: 1, duplicates: 0.1 })
  const events = decode(text)
  expect(totalsOf(events)).toEqual(totals.all)
  const first = new Map(events.toReversed().map((event) => [event.id, event]))
  expect(totalsOf([...first.values()])).toEqual(totals.once)
  expect(totals.all.purchases).toBe(20_000)
  expect(totals.once.purchases).toBeGreaterThan(17_000)
  expect(totals.once.purchases).toBeLessThan(19_000)
  expect(totals.bytes).toBe(text.length)
})

test('made purchases look like those of a shop', () => {
  const { text, totals } = make({ events: 50_000, seed: 2 })
  const events = decode(text)
  expect(totals.once).toEqual(totals.all)
  const different = (name: string) => new Set(events.map(({ values }) => values[name])).size
  expect(different('productId')).toBe(1000)
  expect(different('currency')).toBe(5)
  expect(text.length / 50_000).toBeGreaterThan(160)
  expect(text.length / 50_000).toBeLessThan(165)
  const ahead = events.filter(({ timeMs }, at) => timeMs < (events[at - 1]?.timeMs ?? 0))
  expect(ahead.length).toBeGreaterThan(500)
  expect(ahead.length).toBeLessThan(1500)
  const days = new Set(events.map(({ timeMs }) => Math.floor(timeMs / 86_400_000)))
  expect(days.size).toBe(1)
})

test('the same seed makes the same purchases, another seed others', () => {
  const { text } = make({ events: 5_000, seed: 3 })
  expect(make({ events: 5_000, seed: 3 }).text.equals(text)).toBe(true)
  expect(make({ events: 5_000, seed: 4 }).text.equals(text)).toBe(false)
})
