import { type Calendar, createCalendar } from '../../lib/core/index.ts'

const calendars = new Map<string, Calendar>()

/** The calendar of a zone, which remembers every window: thousands of schedules ask for the same. */
export function rememberingCalendar(zone: string): Calendar {
  const known = calendars.get(zone)
  if (known !== undefined) return known
  const calendar = createCalendar(zone)
  const at = remembering(calendar.windowAt)
  const named = remembering(calendar.windowNamed)
  const remembered = { timeZone: zone, windowAt: at, windowNamed: named }
  calendars.set(zone, remembered)
  return remembered
}

const maxRemembered = 100_000

function remembering<Grain, Of extends string | number, Found>(
  find: (grain: Grain, of: Of) => Found,
): (grain: Grain, of: Of) => Found {
  const found = new Map<string, Found>()
  return (grain, of) => {
    const id = `${grain} ${of}`
    const known = found.get(id)
    if (known !== undefined) return known
    const fresh = find(grain, of)
    if (found.size < maxRemembered) found.set(id, fresh)
    return fresh
  }
}
