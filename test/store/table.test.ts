import { describe, expect, it } from 'vitest'
import { decimalAttribute, readDecimal, readInteger, readText } from '../../lib/store/table.ts'

describe('attributes', () => {
  it.each([
    ['0', 'N'],
    ['-12.5', 'N'],
    ['1'.repeat(38), 'N'],
    [`-0.${'1'.repeat(38)}`, 'N'],
    ['1'.repeat(39), 'S'],
    [`1.${'1'.repeat(38)}`, 'S'],
  ])('keep the decimal %s as %s', (text, type) => {
    const attribute = decimalAttribute(text)
    expect(Object.keys(attribute)).toEqual([type])
    expect(readDecimal({ x: attribute }, 'x')).toBe(text)
  })

  it('are missing, or of another type, loudly', () => {
    const item = { pk: { S: 'p' }, sk: { S: 's' }, text: { S: 'x' }, n: { N: '1.5' } }
    expect(readDecimal(item, 'none')).toBeUndefined()
    expect(readText(item, 'text')).toBe('x')
    expect(() => readText(item, 'n')).toThrow('The item p s has no text attribute n')
    for (const name of ['n', 'text', 'none']) {
      expect(() => readInteger(item, name)).toThrow(`The item p s has no whole number ${name}`)
    }
  })
})
