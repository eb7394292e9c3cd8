export { type Calendar, createCalendar, windowsWithin } from './calendar.ts'
export { checkTimeZone, UnknownTimeZone } from './time-zone.ts'
export {
  dayMs,
  hourMs,
  hourName,
  hourStart,
  minuteMs,
  minuteName,
  minuteStart,
  parseUtcName,
} from './utc.ts'
export { type CalendarGrain, calendarGrains, type Grain, grains, type Window } from './window.ts'
