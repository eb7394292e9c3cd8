import { type Aggregation, formatUnits, type KeyField, parseDecimal } from '../core/index.ts'
import { BadQuery } from './bad-query.ts'

/**
 * The values of an aggregation's key fields, in its order, as keys have them: numbers in the one form
 * that equal ones share, so that `1.50` asks for `1.5`; undefined for a missing value. Limits and
 * patterns are not looked at, since rows may be of a time when others held. Throws BadQuery.
 */
export function parseKey(
  aggregation: Aggregation,
  values: readonly (string | undefined)[],
): (string | undefined)[] {
  const { name, keyFields } = aggregation
  if (values.length !== keyFields.length) {
    const fields = keyFields.map((field) => field.name).join(', ')
    throw new BadQuery(
      { code: 'wrong-number-of-values', aggregation: name, given: values.length },
      `a key of ${name} has a value each for ${fields}, not ${values.length}`,
    )
  }
  return keyFields.map((field, at) => {
    const value = values[at]
    return value === undefined ? undefined : parseKeyValue(field, value)
  })
}

function parseKeyValue({ name, isNumber, scale }: KeyField, text: string): string {
  if (!isNumber) return text
  const units = parseDecimal(text, scale)
  const refused = (code: 'not-a-number' | 'too-many-decimals' | 'out-of-range', message: string) =>
    new BadQuery({ code, field: name, value: text }, message)
  switch (units) {
    case 'not-a-decimal':
      throw refused('not-a-number', `"${text}" is no ${name}, which is a number, such as 12`)
    case 'too-many-decimals':
      throw refused(units, `"${text}" is no ${name}, which has ${scale} decimals at most`)
    case 'out-of-range':
      throw refused(units, `"${text}" is too large a number to be a ${name}`)
    default:
      return formatUnits(units, scale)
  }
}
