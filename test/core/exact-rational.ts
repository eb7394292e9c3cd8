/** A fraction of whole numbers, the denominator above 0: the reference that decimals are held to. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The number that a JSON number's text stands for, digit by digit as one learns it at school. */
export function rationalOf(text: string): Rational {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction)
  const power = BigInt(exponent) - BigInt(fraction.length)
  return power >= 0n
    ? { numerator: digits * 10n ** power, denominator: 1n }
    : { numerator: digits, denominator: 10n ** -power }
}

/** The number in units of 10^-scale; undefined where it is not a whole number of them. */
export function unitsOf({ numerator, denominator }: Rational, scale: number): bigint | undefined {
  const scaled = numerator * 10n ** BigInt(scale)
  return scaled % denominator === 0n ? scaled / denominator : undefined
}
