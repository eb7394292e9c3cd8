import { describe, expect, it } from 'vitest'
import { minuteKey } from '../../lib/rows/minute-rows.ts'
import { byProduct } from '../support/sales.ts'

const startMs = Date.parse('2026-11-22T10:00:00Z')

describe('a minute row', () => {
  it('is found by aggregation, hour and bucket, then key, minute and lane', () => {
    const minuteMs = startMs + 26 * 60_000
    const { pk, sk } = minuteKey(byProduct, 16, '85123A|GBP', minuteMs, 'shardId-000000000003')
    expect(pk).toMatch(/^by-product#2026-11-22T10#\d+$/)
    expect(sk).toBe('85123A|GBP#2026-11-22T10:26#shardId-000000000003')
  })

  it('is spread over all buckets', () => {
    const partitions = Array.from(
      { length: 200 },
      (_, at) => minuteKey(byProduct, 16, `k${at}`, startMs, 'lane').pk,
    )
    expect(new Set(partitions).size).toBe(16)
  })
})
