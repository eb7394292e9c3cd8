import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Calendar,
  calendarGrains,
  createCalendar,
  type Grain,
  grains,
  hourName,
  hourStart,
  isHourOpen,
  isWindowOpen,
  minuteName,
  minuteStart,
  parseUtcName,
  UnknownTimeZone,
  windowsWithin,
} from '../../../lib/core/index.ts'

const at = (text: string) => Date.parse(text)

/** `<name> <from> <to>` of the window that an instant is in. */
function windowText(calendar: Calendar, grain: Grain, instant: string): string {
  const { name, fromMs, toMs } = calendar.windowAt(grain, at(instant))
  return [name, ...[fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 16))].join(' ')
}

describe('minutes and hours', () => {
  it.each([
    ['2026-11-22T10:26:59.999Z', '2026-11-22T10:26', '2026-11-22T10'],
    ['2026-11-22T10:27:00.000Z', '2026-11-22T10:27', '2026-11-22T10'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59', '1969-12-31T23'],
    ['0000-01-01T00:00:00.000Z', '0000-01-01T00:00', '0000-01-01T00'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59', '9999-12-31T23'],
  ])('of %s are %s and %s', (instant, minute, hour) => {
    const ms = at(instant)
    expect([minuteName(ms), hourName(ms)]).toEqual([minute, hour])
    expect(parseUtcName('minute', minute)).toBe(minuteStart(ms))
    expect(parseUtcName('hour', hour)).toBe(hourStart(ms))
  })

  it.each<['minute' | 'hour', string]>([
    ['minute', '2026-11-22T10'],
    ['minute', '2026-11-22T10:60'],
    ['minute', '2026-11-22T24:00'],
    ['minute', '2026-02-29T10:00'],
    ['minute', '2026-11-22 10:00'],
    ['minute', '2026-11-22T10:00Z'],
    ['minute', '2026-11-22T10:00:00'],
    ['minute', ''],
    ['hour', '2026-11-22T10:26'],
    ['hour', '2026-11-22T24'],
    ['hour', '2026-11-31T00'],
    ['hour', '2026-11-22'],
    ['hour', '+002026-11-22T10'],
  ])('no %s is named %j', (grain, name) => {
    expect(parseUtcName(grain, name)).toBeUndefined()
    expect(createCalendar('UTC').windowNamed(grain, name)).toBeUndefined()
  })
})

describe('a window', () => {
  const graceMs = 300_000

  it('is open until it has been over for the grace', () => {
    const hourMs = at('2026-11-22T10:00:00.000Z')
    const openAt = (instant: string) => isHourOpen(hourMs, at(instant), graceMs)
    expect(openAt('2026-11-22T09:00:00.000Z')).toBe(true)
    expect(openAt('2026-11-22T11:04:59.999Z')).toBe(true)
    expect(openAt('2026-11-22T11:05:00.000Z')).toBe(false)
  })

  it('of a calendar is open by its own end', () => {
    const day = createCalendar('America/New_York').windowAt('day', at('2026-11-22T12:00:00.000Z'))
    expect(isWindowOpen(day, at('2026-11-23T05:04:59.999Z'), graceMs)).toBe(true)
    expect(isWindowOpen(day, at('2026-11-23T05:05:00.000Z'), graceMs)).toBe(false)
  })
})

describe('days, weeks and months', () => {
  it.each<[string, Grain, string, string]>([
    ['UTC', 'day', '2026-11-22T10:26:00Z', '2026-11-22 2026-11-22T00:00 2026-11-23T00:00'],
    ['UTC', 'week', '2026-11-22T10:26:00Z', '2026-W47 2026-11-16T00:00 2026-11-23T00:00'],
    ['UTC', 'month', '2026-11-22T10:26:00Z', '2026-11 2026-11-01T00:00 2026-12-01T00:00'],
    // The year of an ISO week is that of its Thursday.
    ['UTC', 'week', '2021-01-03T23:59:59Z', '2020-W53 2020-12-28T00:00 2021-01-04T00:00'],
    ['UTC', 'week', '2024-12-30T00:00:00Z', '2025-W01 2024-12-30T00:00 2025-01-06T00:00'],
    ['UTC', 'week', '2010-01-03T12:00:00Z', '2009-W53 2009-12-28T00:00 2010-01-04T00:00'],
    // A day of 23 hours, one of 25, and months that an hour is taken from and given to.
    [
      'Europe/London',
      'day',
      '2026-03-29T12:00:00Z',
      '2026-03-29 2026-03-29T00:00 2026-03-29T23:00',
    ],
    [
      'Europe/London',
      'day',
      '2026-10-25T12:00:00Z',
      '2026-10-25 2026-10-24T23:00 2026-10-26T00:00',
    ],
    ['Europe/London', 'month', '2026-03-31T23:30:00Z', '2026-04 2026-03-31T23:00 2026-04-30T23:00'],
    // Off the whole hour, and a change by half an hour.
    [
      'Asia/Kathmandu',
      'day',
      '2026-11-22T18:15:00Z',
      '2026-11-23 2026-11-22T18:15 2026-11-23T18:15',
    ],
    [
      'Asia/Kathmandu',
      'day',
      '2026-11-22T18:14:59Z',
      '2026-11-22 2026-11-21T18:15 2026-11-22T18:15',
    ],
    [
      'Australia/Lord_Howe',
      'day',
      '2026-04-05T02:00:00Z',
      '2026-04-05 2026-04-04T13:00 2026-04-05T13:30',
    ],
    // A day that began at 01:00, since its midnight was skipped.
    [
      'America/Sao_Paulo',
      'day',
      '2018-11-04T12:00:00Z',
      '2018-11-04 2018-11-04T03:00 2018-11-05T02:00',
    ],
    // A day that was skipped whole lies between these.
    ['Pacific/Apia', 'day', '2011-12-30T09:59:59Z', '2011-12-29 2011-12-29T10:00 2011-12-30T10:00'],
    ['Pacific/Apia', 'day', '2011-12-30T10:00:00Z', '2011-12-31 2011-12-30T10:00 2011-12-31T10:00'],
    ['Pacific/Apia', 'week', '2011-12-30T10:00:00Z', '2011-W52 2011-12-26T10:00 2012-01-01T10:00'],
    // A date that came at 02:30, went at 02:31 and came again at 03:30: its day is one stretch.
    [
      'America/St_Johns',
      'day',
      '2006-10-29T02:29:59Z',
      '2006-10-28 2006-10-28T02:30 2006-10-29T02:30',
    ],
    [
      'America/St_Johns',
      'day',
      '2006-10-29T02:31:00Z',
      '2006-10-29 2006-10-29T02:30 2006-10-30T03:30',
    ],
    [
      'America/St_Johns',
      'day',
      '2006-10-29T03:30:00Z',
      '2006-10-29 2006-10-29T02:30 2006-10-30T03:30',
    ],
    [
      'America/St_Johns',
      'month',
      '2009-11-01T02:45:00Z',
      '2009-11 2009-11-01T02:30 2009-12-01T03:30',
    ],
  ])('in %s the %s of %s is %s', (timeZone, grain, instant, text) => {
    expect(windowText(createCalendar(timeZone), grain, instant)).toBe(text)
  })

  it.each<[Grain, string]>([
    ['day', '2026-11-31'],
    ['day', '2026-1-1'],
    ['day', '20261122'],
    ['day', '2026-11-22T00:00'],
    ['day', '2026-11-22[u-ca=hebrew]'],
    ['day', '+275760-09-13'],
    ['day', '-271821-04-19'],
    ['day', '2026-W47'],
    ['day', ''],
    ['week', '2026-W00'],
    ['week', '2026-W54'],
    ['week', '2025-W53'],
    ['week', '2026-W7'],
    ['week', '2026-w47'],
    ['week', '2026-47'],
    ['month', '2026-13'],
    ['month', '2026-00'],
    ['month', '2026-1'],
    ['month', '2026-11-22'],
    ['month', '+002026-11'],
    ['month', ''],
  ])('no %s is named %j', (grain, name) => {
    expect(createCalendar('UTC').windowNamed(grain, name)).toBeUndefined()
  })

  it('has no window for a day that a zone skipped', () => {
    const apia = createCalendar('Pacific/Apia')
    expect(apia.windowNamed('day', '2011-12-30')).toBeUndefined()
    expect(apia.windowNamed('day', '2011-12-31')?.name).toBe('2011-12-31')
    const days = windowsWithin(apia, 'day', at('2011-12-29T10:00Z'), at('2011-12-31T10:00Z'))
    expect(days.map(({ name }) => name)).toEqual(['2011-12-29', '2011-12-31'])
  })

  it.each(['', 'Europe/Lundon', 'Europe/London ', 'local', 'null'])('knows no zone %j', (zone) => {
    expect(() => createCalendar(zone)).toThrow(UnknownTimeZone)
    expect(() => createCalendar(zone)).toThrow(`No IANA time zone is named ${JSON.stringify(zone)}`)
  })
})

describe('the windows of every grain', () => {
  const zones = [
    ...['UTC', 'Europe/London', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo'],
    ...['Pacific/Apia', 'America/St_Johns', 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Gaza'],
  ]
  const calendars = zones.map(createCalendar)
  const instants = fc.integer({ min: at('2000-01-01T00:00Z'), max: at('2037-01-01T00:00Z') })

  it('hold the instant that was asked for, meet their neighbours, and are found by their names', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...calendars),
        fc.constantFrom(...grains),
        instants,
        (calendar, grain, ms) => {
          const window = calendar.windowAt(grain, ms)
          expect(window.fromMs).toBeLessThanOrEqual(ms)
          expect(window.toMs).toBeGreaterThan(ms)
          expect(calendar.windowNamed(grain, window.name)).toEqual(window)
          expect(calendar.windowAt(grain, window.toMs).fromMs).toBe(window.toMs)
          expect(calendar.windowAt(grain, window.fromMs - 1).toMs).toBe(window.fromMs)
          expect(calendar.windowAt(grain, ms)).toEqual(window)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('are made of whole days', () => {
    fc.assert(
      fc.property(fc.constantFrom(...calendars), instants, (calendar, ms) => {
        const day = calendar.windowAt('day', ms)
        for (const grain of calendarGrains) {
          const window = calendar.windowAt(grain, ms)
          expect(window.fromMs).toBeLessThanOrEqual(day.fromMs)
          expect(window.toMs).toBeGreaterThanOrEqual(day.toMs)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('fill a stretch of time without a gap', () => {
    const hours = fc.integer({ min: 1, max: 24 * 40 })
    const sometimes = fc.constantFrom(...calendars)
    const coarse = fc.constantFrom<Grain>('hour', ...calendarGrains)
    fc.assert(
      fc.property(sometimes, coarse, instants, hours, (calendar, grain, fromMs, length) => {
        const toMs = fromMs + length * 3_600_000
        const windows = windowsWithin(calendar, grain, fromMs, toMs)
        expect(windows[0]?.fromMs).toBeLessThanOrEqual(fromMs)
        expect(windows.at(-1)?.toMs).toBeGreaterThanOrEqual(toMs)
        expect(windows.at(-1)?.fromMs).toBeLessThan(toMs)
        for (const [index, window] of windows.entries()) {
          if (index > 0) expect(window.fromMs).toBe(windows[index - 1]?.toMs)
        }
      }),
      { numRuns: 200 },
    )
    expect(windowsWithin(createCalendar('UTC'), 'day', 0, 0)).toEqual([])
  })
})
