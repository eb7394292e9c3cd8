/* RFC 3339, as `lib/core/fields/timestamp.ts` reads it. */

/** What no time comes to. */
export const noTime: i64 = i64.MIN_VALUE

/** The years 0001 to 9998. */
const firstMs: i64 = -62135596800000
const lastMs: i64 = 253370764799999

const dayMs: i64 = 86400000

let dateStart: u64 = 0
let dateEnd: u16 = 0
let dateMs: i64 = noTime

export let timeMs: i64 = 0

/** The end of a date and time, whose instant is then `timeMs`; 0 where it is none. */
export function rfc3339End(from: usize): usize {
  const start = load<u64>(from)
  const end = load<u16>(from, 8)
  // Most events are of the date of the one before.
  if (start != dateStart || end != dateEnd) {
    const ms = readDate(from)
    if (ms == noTime) return 0
    dateStart = start
    dateEnd = end
    dateMs = ms
  }
  if ((load<u8>(from, 10) | 0x20) != 0x74) return 0
  const ofDay = readTimeOfDay(load<u64>(from, 11))
  if (ofDay < 0) return 0
  let ms = dateMs + ofDay
  let at = from + 19
  if (load<u8>(at) == 0x2e) {
    at++
    const fraction = at
    let unit: i64 = 100
    for (let digit = <u32>load<u8>(at) - 0x30; digit < 10; digit = <u32>load<u8>(at) - 0x30) {
      ms += digit * unit
      unit /= 10
      at++
    }
    if (at == fraction) return 0
  }
  const sign = load<u8>(at)
  if ((sign | 0x20) == 0x7a) {
    timeMs = ms
    return isInNamedYears(ms) ? at + 1 : 0
  }
  if (sign != 0x2b && sign != 0x2d) return 0
  const hour = twoDigits(at + 1)
  const minute = twoDigits(at + 4)
  if (hour > 23 || minute > 59 || load<u8>(at, 3) != 0x3a) return 0
  const offsetMs = <i64>(hour * 60 + minute) * 60000
  ms = sign == 0x2d ? ms + offsetMs : ms - offsetMs
  timeMs = ms
  return isInNamedYears(ms) ? at + 6 : 0
}

export function isInNamedYears(ms: i64): bool {
  return ms >= firstMs && ms <= lastMs
}

/** `HH:MM:SS` in eight bytes, the first of them lowest; below 0 where it is no time of day. */
function readTimeOfDay(text: u64): i64 {
  const values = text ^ 0x30303a30303a3030
  // A byte above 9 reaches its highest bit, or has it already.
  const beyond = (values | (values + 0x7676007676007676)) & 0x8080808080808080
  if (beyond | (values & 0x0000ff0000ff0000)) return -1
  const hour = (values & 0xff) * 10 + ((values >> 8) & 0xff)
  const minute = ((values >> 24) & 0xff) * 10 + ((values >> 32) & 0xff)
  const second = ((values >> 48) & 0xff) * 10 + (values >> 56)
  if (hour > 23 || minute > 59 || second > 59) return -1
  return <i64>((hour * 60 + minute) * 60 + second) * 1000
}

/** Above 99 where they are no digits. */
function twoDigits(at: usize): u32 {
  const tens = <u32>load<u8>(at) - 0x30
  const ones = <u32>load<u8>(at, 1) - 0x30
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones
}

function readDate(at: usize): i64 {
  const century = twoDigits(at)
  const ofCentury = twoDigits(at + 2)
  const month = twoDigits(at + 5)
  const day = twoDigits(at + 8)
  const isMarked = load<u8>(at, 4) == 0x2d && load<u8>(at, 7) == 0x2d
  if (!isMarked || century > 99 || ofCentury > 99) return noTime
  const year = century * 100 + ofCentury
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return noTime
  return daysSince1970(year, month, day) * dayMs
}

function daysInMonth(year: u32, month: u32): u32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

/** Of the proleptic Gregorian calendar (Howard Hinnant, chrono-compatible low-level date algorithms). */
function daysSince1970(year: u32, month: u32, day: u32): i64 {
  const ofMarch = <i64>year - (month <= 2 ? 1 : 0)
  const era = (ofMarch >= 0 ? ofMarch : ofMarch - 399) / 400
  const yearOfEra = ofMarch - era * 400
  const dayOfYear = (153 * (<i64>month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146097 + dayOfEra - 719468
}
