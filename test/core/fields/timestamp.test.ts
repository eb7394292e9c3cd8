import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../../../lib/core/index.ts'
import { decodeText } from './decode-text.ts'

const notRfc3339 = 'bad-timestamp: is not an RFC 3339 date and time'
const noSuchDay = 'bad-timestamp: names a day that is not'
const noSuchTime = 'bad-timestamp: names a time of day or an offset that is not'
const unnamedYear = 'bad-timestamp: is outside the years 0001 to 9998'

describe('a timestamp of RFC 3339', () => {
  const field = timestamp()

  it.each([
    ['2010-12-01T08:26:00Z', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01t08:26:00z', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01T08:26:00.5Z', '2010-12-01T08:26:00.500Z'],
    ['2010-12-01T08:26:59.9999999999Z', '2010-12-01T08:26:59.999Z'],
    ['2010-12-01T08:26:00+00:00', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01T08:26:00-00:00', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01T08:26:00+05:45', '2010-12-01T02:41:00.000Z'],
    ['2010-12-31T23:30:00-09:30', '2011-01-01T09:00:00.000Z'],
    ['2012-02-29T00:00:00Z', '2012-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['9998-12-31T23:59:59.999Z', '9998-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(decodeText(field, `"${text}"`)).toBe(Date.parse(instant))
  })

  it.each([
    ['', notRfc3339],
    ['2010-12-01', notRfc3339],
    ['2010-12-01T08:26Z', notRfc3339],
    ['2010-12-01T08:26:00', notRfc3339],
    ['2010-12-01 08:26:00Z', notRfc3339],
    ['2010-12-01T08:26:00.Z', notRfc3339],
    ['2010-12-01T08:26:00,5Z', notRfc3339],
    ['2010-12-01T08:26:00+0100', notRfc3339],
    ['2010-12-01T08:26:00+01', notRfc3339],
    ['2010-12-01T08:26:00Z ', notRfc3339],
    ['2010-12-01T08:26:00Z\\n', notRfc3339],
    ['+002010-12-01T08:26:00Z', notRfc3339],
    ['-2010-12-01T08:26:00Z', notRfc3339],
    ['2010-1-1T08:26:00Z', notRfc3339],
    ['٢٠١٠-12-01T08:26:00Z', notRfc3339],
    ['1291191960000', notRfc3339],
    ['2010-02-30T00:00:00Z', noSuchDay],
    ['2011-02-29T00:00:00Z', noSuchDay],
    ['1900-02-29T00:00:00Z', noSuchDay],
    ['2010-00-01T00:00:00Z', noSuchDay],
    ['2010-13-01T00:00:00Z', noSuchDay],
    ['2010-01-00T00:00:00Z', noSuchDay],
    ['2010-04-31T00:00:00Z', noSuchDay],
    ['2010-12-01T24:00:00Z', noSuchTime],
    ['2010-12-01T08:60:00Z', noSuchTime],
    ['2016-12-31T23:59:60Z', noSuchTime],
    ['2010-12-01T08:26:00+24:00', noSuchTime],
    ['2010-12-01T08:26:00+01:60', noSuchTime],
    ['0000-12-31T23:59:59.999Z', unnamedYear],
    ['0001-01-01T00:00:00+00:01', unnamedYear],
    ['9998-12-31T23:59:59-00:01', unnamedYear],
    ['9999-01-01T00:00:00Z', unnamedYear],
  ])('refuses %s', (text, why) => {
    expect(decodeText(field, `"${text}"`)).toBe(why)
  })

  it.each([
    ['1291191960000', 'wrong-type: is a number, not an RFC 3339 string'],
    ['null', 'wrong-type: is null, not an RFC 3339 string'],
    ['["2010-12-01T08:26:00Z"]', 'wrong-type: is an array, not an RFC 3339 string'],
  ])('refuses the JSON %s', (json, why) => {
    expect(decodeText(field, json)).toBe(why)
  })

  it('reads every instant from its text with any offset', () => {
    const instants = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9998-12-30T00:00:00Z'),
      noInvalidDate: true,
    })
    const offsets = fc.integer({ min: -1439, max: 1439 })
    fc.assert(
      fc.property(instants, offsets, (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString().slice(0, -1)
        const size = Math.abs(offset)
        const [hour, minute] = [Math.floor(size / 60), size % 60].map((part) =>
          String(part).padStart(2, '0'),
        )
        const text = `${local}${offset < 0 ? '-' : '+'}${hour}:${minute}`
        expect(decodeText(field, `"${text}"`)).toBe(instant.getTime())
      }),
    )
  })
})

describe('a timestamp of an epoch', () => {
  const seconds = timestamp({ format: 'epochSeconds' })
  const milliseconds = timestamp({ format: 'epochMilliseconds' })

  it.each([
    ['1291191960', 1291191960000],
    ['"1291191960"', 1291191960000],
    ['1291191960.5', 1291191960500],
    ['1291191960.9999999', 1291191960999],
    ['1.29119196e9', 1291191960000],
    ['0', 0],
    ['-0.5', -500],
    ['-0.0001', -1],
    ['-1.0009', -1001],
    [`1.${'0'.repeat(30)}`, 1000],
  ])('reads %s s, and rounds down to the millisecond', (json, ms) => {
    expect(decodeText(seconds, json)).toBe(ms)
  })

  it.each([
    ['1291191960000', 1291191960000],
    ['"1291191960000.7"', 1291191960000],
    ['-0.1', -1],
    ['253370764799999', 253370764799999],
    ['-62135596800000', -62135596800000],
  ])('reads %s ms', (json, ms) => {
    expect(decodeText(milliseconds, json)).toBe(ms)
  })

  it.each([
    ['253370764800000', unnamedYear],
    ['-62135596800001', unnamedYear],
    ['1e30', unnamedYear],
    ['1e999999999', 'bad-timestamp: is not a number of epochMilliseconds'],
    [`0.${'0'.repeat(30)}1`, 'bad-timestamp: is not a number of epochMilliseconds'],
    ['"2010-12-01T08:26:00Z"', 'wrong-type: is text that is not a number'],
    ['""', 'wrong-type: is text that is not a number'],
    ['null', 'wrong-type: is null, not a number'],
    ['true', 'wrong-type: is a boolean, not a number'],
  ])('refuses %s', (json, why) => {
    expect(decodeText(milliseconds, json)).toBe(why)
  })
})
