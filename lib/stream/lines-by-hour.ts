import type { Lines } from '../core/index.ts'

/** The lines of events by the UTC hour (epoch ms) of their times; `hours` has one a line, NaN where it is no event. */
export function linesByHour(lines: Lines, hours: Float64Array): ReadonlyMap<number, Lines> {
  const [first] = hours
  // Most batches are of one hour, and are taken as they stand.
  if (hours.every((hourMs) => hourMs === first)) {
    return new Map(first === undefined ? [] : [[first, lines]])
  }
  const numbers = new Map<number, number[]>()
  for (const [line, hourMs] of hours.entries()) {
    if (Number.isNaN(hourMs)) continue
    const some = numbers.get(hourMs)
    if (some === undefined) numbers.set(hourMs, [line])
    else some.push(line)
  }
  return new Map([...numbers].map(([hourMs, some]) => [hourMs, lines.pick(some)]))
}
