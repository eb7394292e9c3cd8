import { describe, expect, it } from 'vitest'
import {
  hourOfMinuteRow,
  isOfAggregation,
  leadersPartition,
  minuteRowKey,
  minutesBetween,
  parseMinuteRowKey,
  parseRollupRowKey,
  rollupRowKey,
} from '../../lib/rows/row-key.ts'
import { byProduct } from '../support/sales.ts'

const startMs = Date.parse('2026-11-22T10:00:00Z')
const minuteMs = startMs + 26 * 60_000
const lane = 'shardId-000000000003'

describe('a minute row', () => {
  it('is found by aggregation, hour and bucket, then key, minute and lane', () => {
    const { pk, sk } = minuteRowKey(byProduct, 16, '85123A|GBP', minuteMs, lane)
    expect(pk).toMatch(/^by-product#2026-11-22T10#\d+$/)
    expect(sk).toBe('85123A|GBP#2026-11-22T10:26#shardId-000000000003')
  })

  it('is spread over all buckets', () => {
    const partitions = Array.from(
      { length: 200 },
      (_, at) => minuteRowKey(byProduct, 16, `k${at}`, startMs, 'lane').pk,
    )
    expect(new Set(partitions).size).toBe(16)
  })

  it('says by its key what it is of', () => {
    const itemKey = minuteRowKey(byProduct, 16, '85123A|GBP', minuteMs, lane)
    expect(parseMinuteRowKey(itemKey)).toEqual({ key: '85123A|GBP', minuteMs, lane })
    expect(hourOfMinuteRow(itemKey)).toBe(startMs)
    expect(isOfAggregation(byProduct, itemKey)).toBe(true)
    expect(isOfAggregation(byProduct, { pk: 'by-product-and-day#x', sk: '' })).toBe(false)
  })

  it('has a key that names a minute of an hour', () => {
    const key = { pk: 'by-product#2026-11-22', sk: 'a#10:26#lane' }
    expect(() => parseMinuteRowKey(key)).toThrow('names no minute: a#10:26#lane')
    expect(() => hourOfMinuteRow(key)).toThrow('names no hour: by-product#2026-11-22')
  })

  it('is between the first and the last minute, whatever its lane', () => {
    const [from, to] = minutesBetween('a', startMs, minuteMs)
    const at = (ms: number, of: string) => minuteRowKey(byProduct, 16, 'a', ms, of).sk
    const isWithin = (sk: string) => from <= sk && sk <= to
    expect([at(startMs, ''), at(minuteMs, lane)].map(isWithin)).toEqual([true, true])
    const outside = [at(startMs - 60_000, lane), at(minuteMs + 60_000, '')]
    expect(outside.map(isWithin)).toEqual([false, false])
  })
})

describe('a rollup row', () => {
  const window = { grain: 'day', name: '2026-11-22', fromMs: startMs, toMs: startMs } as const

  it('is found by aggregation and key, then grain and period', () => {
    const itemKey = rollupRowKey(byProduct, 'mug|EUR', window)
    expect(itemKey).toEqual({ pk: 'by-product#mug|EUR', sk: 'day#2026-11-22' })
    expect(parseRollupRowKey(itemKey)).toEqual({ key: 'mug|EUR', period: '2026-11-22' })
  })

  it('has leaders beside it', () => {
    expect(leadersPartition(byProduct, window)).toBe('by-product#day#2026-11-22#leaders')
  })
})
