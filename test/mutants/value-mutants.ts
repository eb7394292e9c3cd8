import { engineMutants } from './engine-mutant.ts'

const isNumber = 'A number is what JSON calls one.'
const isExact = 'A number is taken only if it is exact in its field’s units.'
const isText = 'A text is UTF-8 as JSON has it.'
const isUnescaped = 'A text is what its escapes stand for.'
const isTime = 'A time is one of RFC 3339.'

/** Shortcuts of numbers, texts and times. */
export const valueMutants = [
  ...engineMutants('scan-number.ts', {
    'a number that begins with no digit taken': [isNumber, ['  if (digit > 9) return 0\n', '']],
    'a leading zero taken': [isNumber, ['    if (digit == 0) return 0\n', '']],
    'a point without decimals taken': [isNumber, ['    if (decimals == 0) return 0\n', '']],
    'digits beyond the 18th taken': [isExact, ['count > maxDigits || ', '']],
    'an exponent passed over': [
      isNumber,
      [
        'if (count > maxDigits || (load<u8>(at) | 0x20) == 0x65) return 0',
        'if (count > maxDigits) return 0\n  if ((load<u8>(at) | 0x20) == 0x65) at = numberEnd(from)',
      ],
    ],
    'decimals beyond the scale cut': [isExact, ['    if (value % 10 != 0) return noUnits\n', '']],
    'a number scaled beyond 64 bits': [
      isExact,
      ['    if (digitCount + spare > maxDigits) return noUnits\n', ''],
    ],
    'the sign of a number passed over': [
      isNumber,
      ['return isNegative ? -value : value', 'return value'],
    ],
    'a leading zero passed over in what nobody asks for': [
      isNumber,
      ['if (load<u8>(at) == zero) at++', 'if (load<u8>(at) == 0x3f) at++'],
    ],
    'an exponent without digits passed over': [
      isNumber,
      ['at++\n    at = digitsEnd(at)', 'at++\n    while (digitAt(at) < 10) at++'],
    ],
  }),
  ...engineMutants('scan-text.ts', {
    'control characters taken': [
      isText,
      [
        'const odd = i8x16.lt_s(bytes, i8x16.splat(0x20))',
        'const odd = i8x16.lt_s(bytes, i8x16.splat(0x0b))',
      ],
    ],
    'what is not ASCII taken as it is': [
      isText,
      [
        'const length = characterBytes(at, byte)\n      if (length == 0) return 0\n      at +=',
        'const length: usize = 1\n      at +=',
      ],
    ],
    'a letter behind a backslash for itself': [
      isUnescaped,
      ['    case 0x74: // t\n      return 0x09\n', ''],
    ],
    'an escape taken for another': [
      isUnescaped,
      ['value = (value << 4) |', 'value = (value << 3) |'],
    ],
    'half of a pair from an escape': [
      isUnescaped,
      ['      if (low < 0xdc00 || low >= 0xe000) return 0\n', ''],
    ],
    'a pair without its lower half': [isUnescaped, [' + (low - 0xdc00)', '']],
    'a character of three bytes written as two': [
      isUnescaped,
      ['if (character < 0x800) {', 'if (character < 0x10000) {'],
    ],
    'what stands before an escape forgotten': [
      isUnescaped,
      ['    memory.copy(to, at, next - at)\n', ''],
    ],
    'two bytes for a character of one': [isText, ['first < 0xc2', 'first < 0xc0']],
    'three bytes for a character of two': [isText, ['least = 0xa0', 'least = 0x80']],
    'four bytes for a character of three': [isText, ['least = 0x90', 'least = 0x80']],
    'half of a pair as a character': [isText, ['most = 0x9f', 'most = 0xbf']],
    'a character beyond the last': [isText, ['most = 0x8f', 'most = 0xbf']],
    'a third byte that does not continue': [isText, [' || !continues(at + 2)', '']],
    'a fourth byte that does not continue': [isText, ['continues(at + 3) ? 4 : 0', '4']],
    'a backslash that escapes nothing': [
      isText,
      ['default:\n      return 0', 'default:\n      return 2'],
    ],
    'an escape of three digits': [isText, ['isHex(load<u8>(at, 5))', 'true']],
    'an escape skipped by one': [
      'What is escaped does not end a text.',
      ['const length = escapeBytes(at)\n', 'const length: usize = escapeBytes(at) == 0 ? 0 : 1\n'],
    ],
    'escapes kept as they are spelled': [
      'A text is its characters, however they are spelled.',
      ['oddTextEnd(at, false)', 'oddTextEnd(at, true)'],
    ],
  }),
  ...engineMutants('scan-time.ts', {
    'a date known by its first eight bytes': [
      'The date of the line before is taken only for the same date.',
      ['if (start != dateStart || end != dateEnd)', 'if (start != dateStart)'],
    ],
    'a date known by its last two bytes': [
      'The date of the line before is taken only for the same date.',
      ['if (start != dateStart || end != dateEnd)', 'if (end != dateEnd)'],
    ],
    'what stands between date and time not looked at': [
      isTime,
      ['  if ((load<u8>(from, 10) | 0x20) != 0x74) return 0\n', ''],
    ],
    'a time of day that is none': [
      isTime,
      ['  if (hour > 23 || minute > 59 || second > 59) return -1\n', ''],
    ],
    'digits of a time of day above nine': [isTime, ['if (beyond | (', 'if ((']],
    'a fraction without digits': [isTime, ['    if (at == fraction) return 0\n', '']],
    'an offset the other way': [
      isTime,
      [
        'sign == 0x2d ? ms + offsetMs : ms - offsetMs',
        'sign == 0x2d ? ms - offsetMs : ms + offsetMs',
      ],
    ],
    'an offset of any hour': [isTime, ['hour > 23 || minute > 59 || load', 'minute > 59 || load']],
    'an offset without its colon': [isTime, [' || load<u8>(at, 3) != 0x3a', '']],
    'a time beyond the named years by its offset': [
      'Times are within the years 0001 to 9998.',
      ['return isInNamedYears(ms) ? at + 6 : 0', 'return at + 6'],
    ],
    'a leap day in every fourth year': [
      isTime,
      ['year % 4 == 0 && year % 100 != 0', 'year % 4 == 0'],
    ],
    'months of 31 days': [isTime, ['month == 11 ? 30 : 31', 'month == 11 ? 31 : 31']],
  }),
]
