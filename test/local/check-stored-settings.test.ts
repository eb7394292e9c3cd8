import { describe, expect, it } from 'vitest'
import { count, definePipeline, string, timestamp } from '../../lib/core/index.ts'
import { checkStoredSettings, DataMismatch } from '../../local/check-stored-settings.ts'
import type { Source } from '../../local/source.ts'

const text = string({ minBytes: 1, maxBytes: 32 })

const ofVersion = (version: number) =>
  definePipeline({
    version,
    timeZone: 'UTC',
    event: { id: text, at: timestamp(), product: text },
    id: 'id',
    time: 'at',
    aggregations: { 'by-product': { key: ['product'], measures: { sales: count() } } },
  })
const first = ofVersion(1)
const second = ofVersion(2)

function checking(definition: string, source: Source, zone?: string) {
  const stored = { definition, timeZone: 'UTC', bucketCount: 16, keyRanges: 1 }
  return () => checkStoredSettings(stored, second, zone, source)
}

describe('rows of another definition', () => {
  it('are refused, with what differs', () => {
    const check = checking(first.fingerprint, { folder: '/data' })
    expect(check).toThrow(DataMismatch)
    expect(check).toThrow(
      expect.objectContaining({
        source: { folder: '/data' },
        mismatch: { in: 'definition', differences: ['version was 1 and is 2'] },
        message: '/data holds rows of another definition (version was 1 and is 2)',
      }),
    )
  })

  it('are refused where the form of the former is not known', () => {
    expect(checking('older', { stack: 'twofold-dev' })).toThrow(
      expect.objectContaining({
        mismatch: { in: 'definition', differences: [] },
        message: 'the stack twofold-dev holds rows of another definition',
      }),
    )
  })
})

it('rows of another time zone are refused', () => {
  expect(checking(second.fingerprint, { folder: '/data' }, 'Europe/London')).toThrow(
    expect.objectContaining({
      mismatch: { in: 'time zone', stored: 'UTC', asked: 'Europe/London' },
      message: '/data holds rows made in UTC, not Europe/London',
    }),
  )
})

it.each([undefined, 'UTC'])('rows of the same definition and zone %s are taken', (zone) => {
  expect(checking(second.fingerprint, { folder: '/data' }, zone)).not.toThrow()
})
