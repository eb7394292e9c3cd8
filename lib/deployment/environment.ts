/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** An environment variable is missing or makes no sense; the message names it. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

/** Throws BadEnvironment where the variable is not set, or empty. */
export function requiredText(environment: Environment, name: string): string {
  const text = environment[name]
  if (text === undefined || text === '') {
    throw new BadEnvironment(`The environment variable ${name} is not set`)
  }
  return text
}

/** A whole number of at least `min`, or `otherwise` where the variable is not set. */
export function wholeNumber(
  environment: Environment,
  name: string,
  otherwise: number,
  min: number,
): number {
  const text = environment[name]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new BadEnvironment(`${name} must be a whole number from ${min} up, not "${text}"`)
  }
  return value
}
