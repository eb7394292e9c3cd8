import type { ValuesOf, Variables } from '../contract/environment.ts'
import { checkTimeZone } from '../core/index.ts'

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** An environment variable is missing or makes no sense; the message names it. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

/** Throws BadEnvironment, which names the variable, or UnknownTimeZone. */
export function readEnvironment<Table extends Variables>(
  table: Table,
  environment: Environment,
): ValuesOf<Table> {
  const values = Object.entries(table).map(([name, of]) => [
    name,
    readVariable(of, environment[of.variable]),
  ])
  return Object.fromEntries(values)
}

function readVariable(of: Variables[string], text: string | undefined) {
  switch (of.kind) {
    case 'text':
      if (text === undefined || text === '') {
        throw new BadEnvironment(`The environment variable ${of.variable} is not set`)
      }
      return text
    case 'timeZone':
      if (text !== undefined) checkTimeZone(text)
      return text
    case 'optionalText':
      return text
    case 'flag':
      return text === 'true'
    case 'wholeNumber':
      return text === undefined ? of.otherwise : wholeNumber(of, text) * (of.unit ?? 1)
  }
}

function wholeNumber(
  { variable, min }: { readonly variable: string; readonly min: number },
  text: string,
): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new BadEnvironment(`${variable} must be a whole number from ${min} up, not "${text}"`)
  }
  return value
}
