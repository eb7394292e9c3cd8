import { describe, expect, it } from 'vitest'
import { parseCut } from '../../lib/records/history.ts'
import { UnexpectedContent } from '../../lib/store/unexpected-content.ts'

describe('the cut of a batch', () => {
  it.each([
    'history/x/1-2.0123456789abcdef.ndjson.gz',
    'history/x/a-1-2.0123456789abcdef.ndjson',
    'history/x/-1-2.0123456789abcdef.ndjson.gz',
    'history/x/a-1-2.ndjson.gz',
  ])('is not read from a name that is none of ours: %s', (objectKey) => {
    expect(() => parseCut(objectKey)).toThrow(UnexpectedContent)
    expect(() => parseCut(objectKey)).toThrow(`${objectKey} is not named by a batch's cut; move it`)
  })
})
