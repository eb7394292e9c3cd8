import { describe, expect, it } from 'vitest'
import { redriveCells, redriveNotes } from '../../../cli/output/redrive-summary.ts'
import { Reject } from '../../../lib/core/index.ts'
import { RedriveTally } from '../../../lib/redrive/redrive-tally.ts'

const hourMs = 3_600_000
const nowMs = 2 * hourMs + 60_000

const tally = new RedriveTally()
const outcomes = [
  0,
  0,
  hourMs,
  2 * hourMs,
  new Reject('not-json', undefined, 'the record is not JSON'),
  new Reject('missing', 'quantity', 'quantity is missing'),
  new Reject('missing', 'price', 'price is missing'),
  new Reject('missing', 'price', 'price is missing'),
]
for (const [at, outcome] of outcomes.entries()) {
  tally.addRecord({ shard: 's', sequenceNumber: String(at), subSequenceNumber: 0 }, outcome)
}
const figures = tally.figures(nowMs, 0)
const nothing = new RedriveTally().figures(nowMs, 0)

describe('the summary of a redrive', () => {
  it('has a line for each outcome and reason, and none of what did not come about', () => {
    const lines = redriveCells([
      ['rejects', figures],
      ['batches', nothing],
    ])
    expect(lines.map((cells) => cells.map(({ value }) => value))).toEqual([
      ['rejects', 'taken', null, null, '3'],
      ['rejects', 'taken, hour open', null, null, '1'],
      ['rejects', 'refused', 'missing', 'price', '2'],
      ['rejects', 'refused', 'missing', 'quantity', '1'],
      ['rejects', 'refused', 'not-json', null, '1'],
    ])
  })

  const openNote = '1 of the events falls into an hour that is open: counted when it is over.'

  it('says who counts the events, and when', () => {
    const marked = { kind: 'marked', nextRollup: 'the next one counts their events' } as const
    expect(redriveNotes([['rejects', figures]], marked)).toEqual([
      '3 hours are marked as changed; the next one counts their events.',
      openNote,
    ])
    const rolledUp = { kind: 'rolled up', foldedHours: 3, rollupRowsWritten: 1_200 } as const
    expect(redriveNotes([['rejects', figures]], rolledUp)).toEqual([
      '3 hours folded, 1,200 rows written.',
      openNote,
    ])
    expect(redriveNotes([['rejects', figures]], { kind: 'dry run' })).toEqual([
      'Dry run: nothing was written.',
      openNote,
    ])
    const one = { kind: 'rolled up', foldedHours: 1, rollupRowsWritten: 1 } as const
    expect(redriveNotes([['batches', nothing]], one)).toContain('1 hour folded, 1 row written.')
    expect(redriveNotes([['batches', nothing]], marked)).toEqual(['There is nothing to put back.'])
  })
})

describe('an hour', () => {
  it('is open until its grace is over', () => {
    expect(tally.figures(3 * hourMs + 299_999, 300_000).takenOpen).toBe(1)
    expect(tally.figures(3 * hourMs + 300_000, 300_000).takenOpen).toBe(0)
  })
})
