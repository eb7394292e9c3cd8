import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../../lib/core/index.ts'
import { calendarVectorsFile, gunzipLines, sharedDataMissing } from '../../data/shared-data.ts'

interface Vector {
  readonly zone: string
  readonly instant: string
  readonly day: string
  readonly isoWeek: string
  readonly month: string
  readonly dayFrom: number
  readonly dayTo: number
  readonly weekFrom: number
  readonly weekTo: number
  readonly monthFrom: number
  readonly monthTo: number
}

describe('the windows of the core', () => {
  it.skipIf(sharedDataMissing)('agree with ../shared/data, made by other means', () => {
    const vectors: Vector[] = gunzipLines(calendarVectorsFile).map((line) =>
      JSON.parse(line.toString()),
    )
    const calendars = new Map(vectors.map(({ zone }) => [zone, createCalendar(zone)]))
    const windows = vectors.map((vector) => {
      const of = (grain: 'day' | 'week' | 'month') =>
        calendars.get(vector.zone)?.windowAt(grain, Date.parse(vector.instant))
      return [of('day'), of('week'), of('month')]
    })
    const expected = vectors.map((vector) => [
      { grain: 'day', name: vector.day, fromMs: vector.dayFrom, toMs: vector.dayTo },
      { grain: 'week', name: vector.isoWeek, fromMs: vector.weekFrom, toMs: vector.weekTo },
      { grain: 'month', name: vector.month, fromMs: vector.monthFrom, toMs: vector.monthTo },
    ])
    expect(windows).toEqual(expected)
    expect(windows.length).toBeGreaterThan(1_000)
  })
})
