import { InvalidArgumentError } from 'commander'

/** A parser of an argument or option that takes a whole number from `min` to `max`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value > max || value < min) {
      const end = max === Number.MAX_SAFE_INTEGER ? 'up' : `to ${max}`
      throw new InvalidArgumentError(`It must be a whole number from ${min} ${end}.`)
    }
    return value
  }
}
