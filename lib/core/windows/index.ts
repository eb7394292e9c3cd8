export { type Calendar, createCalendar, windowsWithin } from './calendar.ts'
export { checkTimeZone, UnknownTimeZone } from './time-zone.ts'
export {
  dayMs,
  hourMs,
  hourName,
  hourStart,
  isHourOpen,
  minuteMs,
  minuteName,
  minuteStart,
  parseUtcName,
} from './utc.ts'
export {
  type CalendarGrain,
  calendarGrains,
  type Grain,
  grains,
  isWindowOpen,
  type Window,
} from './window.ts'
