import { describe, expect, it } from 'vitest'
import { compare } from '../../../bench/load/compare-rows.ts'
import { figuresOf } from '../../../bench/load/memory-watch.ts'
import { exactWithin, promisesOf } from '../../../bench/load/promises.ts'
import type { LoadReport } from '../../../bench/load/run-load.ts'
import { addCounts } from '../../../emulator/faults/fault-kinds.ts'

const megabyte = 1024 * 1024
const memory = {
  role: 'main',
  firstThirdBytes: 100 * megabyte,
  middleThirdBytes: 200 * megabyte,
  lastThirdBytes: 254 * megabyte,
  mostBytes: 300 * megabyte,
  bytesPerMinute: 0,
}
const exact = { grain: 'day', rows: 2, differences: 0, examples: [] } as const

const good: LoadReport = {
  sent: 10,
  producedMs: 600_000,
  made: { events: 7, duplicates: 1, malformed: 2 },
  lagsMs: [5],
  drainMs: 60_000,
  settleMs: 30_000,
  rollupRuns: 1,
  failedRollups: 1,
  failedBatches: 1,
  givenUpRecords: 0,
  functions: { invocations: 1, failedBefore: 0, failedAfter: 0, crashes: 0 },
  requests: 1,
  faults: { ...addCounts([]), hang: 1 },
  memory: [memory],
  rejectedEvents: 2,
  rows: [exact],
}

const rates = { hang: 0.1 }

function broken(change: Partial<LoadReport>): string[] {
  return promisesOf({ ...good, ...change }, rates)
    .filter(({ held }) => !held)
    .map(({ what }) => what)
}

describe('the promises of a load', () => {
  it('hold for a run that is as it should be', () => {
    expect(broken({})).toEqual([])
    expect(exactWithin(good, 30_000).held).toBe(true)
  })

  it.each<[string, Partial<LoadReport>]>([
    ['lag returns to zero', { drainMs: 60_001 }],
    ['no record is given up', { givenUpRecords: 1 }],
    ['every malformed record is kept', { rejectedEvents: 1 }],
    ['day rows are exact', { rows: [{ ...exact, differences: 1 }] }],
    ['day rows are exact', { rows: [{ ...exact, rows: 0 }] }],
    ['memory of main stays flat', { memory: [{ ...memory, lastThirdBytes: 255 * megabyte }] }],
    ['every fault was injected', { faults: addCounts([]) }],
  ])('are broken where %s no more', (what, change) => {
    expect(broken(change)).toEqual([what])
  })

  it('leave memory and rare faults alone in a run of seconds', () => {
    const change = { producedMs: 10_000, faults: addCounts([]) }
    expect(broken({ ...change, memory: [{ ...memory, lastThirdBytes: 900 * megabyte }] })).toEqual(
      [],
    )
  })

  it('of the lab are broken by a moment too late, or by a row', () => {
    expect(exactWithin({ ...good, settleMs: 30_001 }, 30_000).held).toBe(false)
    const wrong = { ...good, rows: [{ ...exact, differences: 1 }] }
    expect(exactWithin(wrong, 30_000).held).toBe(false)
  })
})

describe('the comparison of rows', () => {
  it('finds rows that are missing, too many or other, and shows the first', () => {
    const expected = new Map([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
    const actual = new Map([
      ['a', '1'],
      ['b', '4'],
      ['d', '5'],
    ])
    expect(compare('day', expected, actual)).toEqual({
      grain: 'day',
      rows: 3,
      differences: 3,
      examples: [
        'b: expected 2, found 4',
        'c: expected 3, found undefined',
        'd: expected undefined, found 5',
      ],
    })
    expect(compare('day', expected, expected).differences).toBe(0)
  })
})

describe('the figures of memory', () => {
  it('compare the thirds, and tell the slope', () => {
    const samples = Array.from({ length: 30 }, (_, at) => ({
      atMs: at * 1000,
      residentBytes: 1000 + at,
    }))
    const figures = figuresOf('main', samples)
    expect(figures).toMatchObject({
      firstThirdBytes: 1005,
      middleThirdBytes: 1015,
      lastThirdBytes: 1025,
      mostBytes: 1029,
    })
    expect(figures.bytesPerMinute).toBeCloseTo(60)
  })
})
