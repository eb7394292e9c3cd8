import { describe, expect, it } from 'vitest'
import {
  gunzipLines,
  onlineRetailFacts,
  onlineRetailFile,
  sharedDataMissing,
} from '../data/shared-data.ts'
import { decimalText, readPurchases, rowsOf, sumOf } from './oracle.ts'

const clockMs = Date.UTC(2026, 10, 22)

function line(transactionId: string, timestamp: string, quantity: number, price: string): Buffer {
  return Buffer.from(
    `{"transactionId":"${transactionId}","timestamp":"${timestamp}","productId":"a",` +
      `"quantity":${quantity},"unitPrice":${price},"currency":"GBP"}`,
  )
}

describe('the oracle', () => {
  it('takes an id once per hour, and the first of them', () => {
    const { purchases, linesRead, refused } = readPurchases(
      [
        line('t', '2010-12-01T08:26:00Z', 1, '2.50'),
        line('t', '2010-12-01T08:59:59Z', 100, '9'),
        line('t', '2010-12-01T09:00:00Z', 10, '0.0001'),
        Buffer.from('[]'),
      ],
      clockMs,
    )
    expect({ linesRead, refused: refused.length }).toEqual({ linesRead: 4, refused: 1 })
    expect(rowsOf(purchases, 'month', 'UTC')).toEqual([
      {
        aggregation: 'purchases-by-product',
        grain: 'month',
        period: '2010-12',
        from: '2010-12-01T00:00:00.000Z',
        to: '2011-01-01T00:00:00.000Z',
        productId: 'a',
        currency: 'GBP',
        purchases: '2',
        quantity: '11',
        revenue: '2.501',
        minPrice: '0.0001',
        maxPrice: '2.5',
      },
    ])
  })

  it('writes decimals in their one form', () => {
    expect(
      [0n, 1n, -1n, 10_000n, -25_500n, 10n ** 24n].map((units) => decimalText(units, 4)),
    ).toEqual(['0', '0.0001', '-0.0001', '1', '-2.55', '100000000000000000000'])
  })
})

const title = sharedDataMissing
  ? 'the oracle on the real file (skipped: ../shared/data is not there)'
  : 'the oracle on the real file'

describe.skipIf(sharedDataMissing)(title, () => {
  it('comes to the known rows and totals at every grain', () => {
    const reading = readPurchases(gunzipLines(onlineRetailFile), clockMs)
    expect(reading.linesRead).toBe(onlineRetailFacts.lines)
    expect(reading.refused).toEqual([])
    for (const grain of ['minute', 'day', 'week', 'month'] as const) {
      const rows = rowsOf(reading.purchases, grain, 'Europe/London')
      expect({
        rows: rows.length,
        purchases: sumOf(rows, 'purchases'),
        quantity: sumOf(rows, 'quantity'),
        revenue: sumOf(rows, 'revenue'),
      }).toEqual({
        rows: onlineRetailFacts.rows[grain],
        purchases: onlineRetailFacts.purchases,
        quantity: onlineRetailFacts.quantity,
        revenue: onlineRetailFacts.revenue,
      })
    }
  })
})
