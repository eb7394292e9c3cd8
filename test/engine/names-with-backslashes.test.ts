import { describe, expect, it } from 'vitest'
import { namesBackslash } from './names-with-backslashes.ts'

describe('lines that are not compared', () => {
  it.each([
    ['{"a\\\\":1}', true],
    ['{"a":{"\\u005c" \t:1}}', true],
    ['{"\\u005C":1}', true],
    ['{"a\\"b\\\\":1}', true],
    ['{"a":"\\\\","b":1}', false],
    ['{"a\\"":1,"\\u0061\\n":"\\\\"}', false],
    ['{"a":"\\\\\\":', false],
    ['"', false],
    ['', false],
  ])('are those with a backslash in a name: %s', (line, expected) => {
    expect(namesBackslash(Buffer.from(line))).toBe(expected)
  })

  it('are still read by what was read before', () => {
    // Once this fails, `namesBackslash` is needed no more.
    const [before, line] = ['{"z1":1,"ab\\\\":1}', '{"z1":1,"ab\\"":5}']
    JSON.parse(before)
    expect(Object.keys(JSON.parse(line))).toEqual(['z1', 'ab\\'])
  })
})
