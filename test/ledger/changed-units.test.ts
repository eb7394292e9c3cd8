import { describe, expect, it } from 'vitest'
import { type HourUnit, type PeriodUnit, unitName } from '../../lib/ledger/changed-units.ts'

describe('changed units', () => {
  it('are named by what they are', () => {
    const hour: HourUnit = { kind: 'hour', hourMs: Date.parse('2026-11-22T10:00:00Z') }
    const day: PeriodUnit = { kind: 'day', aggregation: 'sales', period: '2026-11-22', range: 3 }
    expect([hour, day].map(unitName)).toEqual(['2026-11-22T10', 'sales#2026-11-22#3'])
  })
})
