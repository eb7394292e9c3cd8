import { InvalidArgumentError } from 'commander'

/** A parser of an argument or option that takes a whole number, `min` at least. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} up.`)
    }
    return value
  }
}
