import { describe, expect, it } from 'vitest'
import { calendarVectorsFile, gunzipLines, sharedDataMissing } from '../data/shared-data.ts'
import { type Grain, LocalCalendar, type Period } from './local-calendar.ts'

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

function period(timeZone: string, grain: Grain, instant: string): Period {
  return new LocalCalendar(timeZone).periodAt(grain, Date.parse(instant))
}

describe('the calendar of the oracle', () => {
  it('names minutes in UTC', () => {
    expect(period('Asia/Kathmandu', 'minute', '2010-12-01T08:26:59.999Z')).toEqual({
      name: '2010-12-01T08:26',
      fromMs: Date.parse('2010-12-01T08:26:00Z'),
      toMs: Date.parse('2010-12-01T08:27:00Z'),
    })
  })

  it.each([
    ['2005-01-01T12:00:00Z', '2004-W53'],
    ['2009-12-31T12:00:00Z', '2009-W53'],
    ['2010-01-03T12:00:00Z', '2009-W53'],
    ['2010-01-04T12:00:00Z', '2010-W01'],
    ['2012-12-31T12:00:00Z', '2013-W01'],
    ['2000-01-02T12:00:00Z', '1999-W52'],
  ])('puts %s into %s', (instant, week) => {
    expect(period('UTC', 'week', instant).name).toBe(week)
  })

  it('gives the minutes that a clock repeats across midnight to one day only', () => {
    // In 2010 St John's went back from 00:01 on 7 November to 23:01 on the 6th.
    const firstMidnight = Date.parse('2010-11-07T02:30:00Z')
    const repeated = period('America/St_Johns', 'day', '2010-11-07T02:45:00Z')
    expect(repeated).toMatchObject({ name: '2010-11-07', fromMs: firstMidnight })
    expect(period('America/St_Johns', 'day', '2010-11-07T02:29:59Z').toMs).toBe(firstMidnight)
  })
})

const title = sharedDataMissing
  ? 'every line of the calendar vectors (skipped: ../shared/data is not there)'
  : 'every line of the calendar vectors'

describe.skipIf(sharedDataMissing)(title, () => {
  it('agrees with the calendar of the oracle', () => {
    const calendars = new Map<string, LocalCalendar>()
    const vectors = gunzipLines(calendarVectorsFile).map(
      (line): Vector => JSON.parse(line.toString()),
    )
    expect(vectors).toHaveLength(1_094)
    const differences = vectors.filter((vector) => {
      const calendar = calendars.get(vector.zone) ?? new LocalCalendar(vector.zone)
      calendars.set(vector.zone, calendar)
      const instantMs = Date.parse(vector.instant)
      const { name: day, ...dayWindow } = calendar.periodAt('day', instantMs)
      const { name: isoWeek, ...weekWindow } = calendar.periodAt('week', instantMs)
      const { name: month, ...monthWindow } = calendar.periodAt('month', instantMs)
      return (
        JSON.stringify({ day, dayWindow, isoWeek, weekWindow, month, monthWindow }) !==
        JSON.stringify({
          day: vector.day,
          dayWindow: { fromMs: vector.dayFrom, toMs: vector.dayTo },
          isoWeek: vector.isoWeek,
          weekWindow: { fromMs: vector.weekFrom, toMs: vector.weekTo },
          month: vector.month,
          monthWindow: { fromMs: vector.monthFrom, toMs: vector.monthTo },
        })
      )
    })
    expect(differences).toEqual([])
  })
})
