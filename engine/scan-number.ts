/* JSON numbers, digit by digit. */

const point: u8 = 0x2e
const minus: u8 = 0x2d
const zero: u8 = 0x30

/** Digits that an i64 holds, whatever they are. */
const maxDigits: i32 = 18

/** What `decimalEnd` read: `digits` without its sign and its point, of which the last `decimals` stand behind that. */
export let digits: i64 = 0
export let decimals: i32 = 0
export let digitCount: i32 = 0
export let isNegative: bool = false

function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - zero
}

/** The end of a number without an exponent and with up to 18 digits; 0 where it is another. */
export function decimalEnd(from: usize): usize {
  let at = from
  isNegative = load<u8>(at) == minus
  at += <usize>isNegative
  let digit = digitAt(at)
  if (digit > 9) return 0
  const start = at
  let value: i64 = digit
  at++
  let next = digitAt(at)
  if (next < 10) {
    if (digit == 0) return 0
    do {
      value = value * 10 + next
      at++
      next = digitAt(at)
    } while (next < 10)
  }
  let count = <i32>(at - start)
  decimals = 0
  if (load<u8>(at) == point) {
    at++
    const fraction = at
    for (digit = digitAt(at); digit < 10; digit = digitAt(at)) {
      value = value * 10 + digit
      at++
    }
    decimals = <i32>(at - fraction)
    if (decimals == 0) return 0
    count += decimals
  }
  // So long a number has overflown by now, which nobody sees.
  if (count > maxDigits || (load<u8>(at) | 0x20) == 0x65) return 0
  digits = value
  digitCount = count
  return at
}

/** The end of any number. */
export function numberEnd(from: usize): usize {
  let at = from
  if (load<u8>(at) == minus) at++
  if (load<u8>(at) == zero) at++
  else {
    at = digitsEnd(at)
    if (at == 0) return 0
  }
  if (load<u8>(at) == point) {
    at = digitsEnd(at + 1)
    if (at == 0) return 0
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++
    const sign = load<u8>(at)
    if (sign == minus || sign == 0x2b) at++
    at = digitsEnd(at)
  }
  return at
}

/** 0 where there is no digit. */
function digitsEnd(from: usize): usize {
  let at = from
  while (digitAt(at) < 10) at++
  return at == from ? 0 : at
}

const powers = memory.data<i64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
  100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
  100000000000000000, 1000000000000000000,
])

export function powerOfTen(exponent: i32): i64 {
  return load<i64>(powers + ((<usize>exponent) << 3))
}

/** What no number comes to. */
export const noUnits: i64 = i64.MIN_VALUE

/** The number that was read, in units of 10^-scale; `noUnits` where it has more decimals or digits. */
export function unitsOf(scale: i32): i64 {
  let value = digits
  let spare = scale - decimals
  while (spare < 0) {
    if (value % 10 != 0) return noUnits
    value /= 10
    spare++
  }
  if (spare > 0 && value != 0) {
    if (digitCount + spare > maxDigits) return noUnits
    value *= powerOfTen(spare)
  }
  return isNegative ? -value : value
}
