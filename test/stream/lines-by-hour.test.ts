import { describe, expect, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { linesByHour } from '../../lib/stream/lines-by-hour.ts'

const lines = Lines.ofText(Buffer.from('a\nb\nc\nd\n'))

const byHour = (...hours: readonly number[]) =>
  [...linesByHour(lines, Float64Array.from(hours))].map(([hourMs, some]) => {
    return [hourMs, Buffer.from(some.text()).toString()]
  })

describe('lines by hour', () => {
  it('are the lines themselves where all are of one', () => {
    expect(linesByHour(lines, Float64Array.from([5, 5, 5, 5])).get(5)).toBe(lines)
  })

  it('are those of each hour in order, without what was not taken', () => {
    expect(byHour(5, Number.NaN, 5, 7)).toEqual([
      [5, 'a\nc\n'],
      [7, 'd\n'],
    ])
    expect(byHour(7, 5, 5, 7)).toEqual([
      [7, 'a\nd\n'],
      [5, 'b\nc\n'],
    ])
  })

  it('are none where nothing was taken, or there is nothing', () => {
    expect(byHour(Number.NaN, Number.NaN, Number.NaN, Number.NaN)).toEqual([])
    expect(linesByHour(Lines.of([]), new Float64Array())).toEqual(new Map())
  })
})
