import { describe, expect, it } from 'vitest'
import {
  type AggregationHour,
  dayOfHourPart,
  hourPart,
  hourUnit,
  hourUnits,
  isOfAttempt,
  type PeriodUnit,
  parseUnit,
  partObjectKey,
  partsFolder,
  partsUnitName,
  periodPart,
  qualifiedName,
  unitName,
  unitOfParts,
} from '../../lib/ledger/unit.ts'

const hourMs = Date.parse('2026-11-22T10:00:00Z')
const hour = hourUnit(hourMs)
const day: PeriodUnit = { kind: 'day', aggregation: 'sales', period: '2026-11-22', range: 3 }
const hourOfSales: AggregationHour = { kind: 'hour', aggregation: 'sales', hourMs }

describe('a unit', () => {
  it('is named, and told from others by its kind', () => {
    expect([hour, day].map(unitName)).toEqual(['2026-11-22T10', 'sales#2026-11-22#3'])
    expect(qualifiedName(hour)).toBe('hour#2026-11-22T10')
    expect(qualifiedName({ ...day, kind: 'week' })).toBe('week#sales#2026-11-22#3')
  })

  it('is read from its name', () => {
    expect(parseUnit('hour', unitName(hour))).toEqual(hour)
    expect(parseUnit('day', unitName(day))).toEqual(day)
    const none = 'The ledger names an hour that is none: 2026-11-22T25'
    expect(() => parseUnit('hour', '2026-11-22T25')).toThrow(none)
  })

  it('is made of every hour', () => {
    expect(hourUnits(new Set([hourMs, 0]))).toEqual([hour, hourUnit(0)])
  })
})

describe('a unit of parts', () => {
  it('is an hour of one aggregation, or a period', () => {
    expect(partsUnitName(hourOfSales)).toBe('sales#2026-11-22T10')
    expect(partsUnitName(day)).toBe('sales#2026-11-22#3')
    expect([hourOfSales, day].map(unitOfParts)).toEqual([hour, day])
  })

  it('has parts that say which day they go into', () => {
    expect(hourPart('2026-11-22', 3)).toBe('2026-11-22#3')
    expect(dayOfHourPart('sales', hourPart('2026-11-22', 3))).toEqual(day)
  })

  it('has a folder, with an object of its own for each attempt', () => {
    expect(partsFolder(day)).toBe('parts/day/sales/2026-11-22/3/')
    const attempt = { token: 'a1', ending: '.ndjson.zst' }
    const ofDay = partObjectKey(day, periodPart, attempt)
    expect(ofDay).toBe('parts/day/sales/2026-11-22/3/a1.ndjson.zst')
    const ofHour = partObjectKey(hourOfSales, hourPart('2026-11-22', 3), attempt)
    expect(ofHour).toBe('parts/hour/sales/2026-11-22T10/2026-11-22/3/a1.ndjson.zst')
    expect(isOfAttempt(ofHour, attempt)).toBe(true)
    expect(isOfAttempt(ofHour, { ...attempt, token: '1' })).toBe(false)
    expect(isOfAttempt(ofHour, { ...attempt, ending: '.ndjson.gz' })).toBe(false)
  })
})
