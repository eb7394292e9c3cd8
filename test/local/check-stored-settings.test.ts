import { describe, expect, it } from 'vitest'
import { count, definePipeline, string, timestamp } from '../../lib/core/index.ts'
import {
  type CheckedData,
  checkStoredSettings,
  DataMismatch,
  folderToCheck,
  stackToCheck,
} from '../../local/check-stored-settings.ts'

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

function checking(definition: string, where: CheckedData, zone?: string) {
  const stored = { definition, timeZone: 'UTC', bucketCount: 16, keyRanges: 1 }
  return () => checkStoredSettings(stored, second, zone, where)
}

describe('rows of another definition', () => {
  it('are refused in a folder, with what differs', () => {
    const check = checking(first.fingerprint, folderToCheck('/data'))
    expect(check).toThrow(DataMismatch)
    expect(check).toThrow(
      '/data holds rows of another definition than pipeline.config.ts has now (version was 1 and ' +
        'is 2); choose another folder with --data',
    )
  })

  it('are refused in a stack, which no other folder helps with', () => {
    expect(checking(first.fingerprint, stackToCheck('twofold-dev'))).toThrow(
      'the stack twofold-dev holds rows of another definition than pipeline.config.ts has now ' +
        '(version was 1 and is 2); use the definition that it was deployed with',
    )
  })

  it('are refused where the form of the former is not known', () => {
    const check = checking('older', folderToCheck('/data'))
    expect(check).toThrow('than pipeline.config.ts has now; choose')
  })
})

it('rows of another time zone are refused', () => {
  expect(checking(second.fingerprint, folderToCheck('/data'), 'Europe/London')).toThrow(
    '/data holds rows made in UTC, not Europe/London; leave out --zone, or choose another folder ' +
      'with --data',
  )
})

it.each([undefined, 'UTC'])('rows of the same definition and zone %s are taken', (zone) => {
  expect(checking(second.fingerprint, folderToCheck('/data'), zone)).not.toThrow()
})
