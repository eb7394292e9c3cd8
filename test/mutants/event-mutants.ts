import { engineMutants } from './engine-mutant.ts'

const isJson = 'A line counts only if the whole of it is JSON.'
const isTold = 'A member is of the field that its name tells.'

/** Shortcuts of lines, of what stands between values, and of values that nobody asks for. */
export const eventMutants = [
  ...engineMutants('scan-event.ts', {
    'a gap known by its length': [
      isTold,
      ['if (bytes <= 16) {', 'if (bytes <= 32) return true\n  if (bytes <= 16) {'],
    ],
    'a gap known by its first 16 bytes': [
      isTold,
      [
        ' &&\n    !v128.any_true(v128.xor(firstBytes(at + 16, bytes - 16), v128.load(guess, 16)))',
        '',
      ],
    ],
    'a long gap known by its first 32 bytes': [
      isTold,
      ['maxGapBytes: usize = 32', 'maxGapBytes: usize = 64'],
      ['firstBytes(at + 16, bytes - 16)', 'firstBytes(at + 16, min<u32>(bytes - 16, 16))'],
      ['bytes > 16 ? bytes - 16 : 0', 'bytes > 16 ? min<u32>(bytes - 16, 16) : 0'],
    ],
    'a name known by its length': [
      isTold,
      [' && memory.compare(field.name, name, bytes) == 0', ''],
    ],
    'a comma taken for granted': [
      isJson,
      [
        'if (load<u8>(at) != <u8>(isFirst ? 0x7b : 0x2c)) return 0',
        'if (isFirst && load<u8>(at) != 0x7b) return 0',
      ],
    ],
    'a member that comes twice taken': [
      'Of a name that is there twice the last counts, be it null.',
      ['      if (have & bit) return 0\n', ''],
    ],
    'an optional null taken for a value': [
      'Null is as good as absent.',
      [
        'at = optionalNullEnd(field, at)\n',
        'at = optionalNullEnd(field, at)\n        have |= bit\n',
      ],
    ],
    'a text that is too short taken': [
      'A text has as many bytes as its field allows.',
      ['bytes < field.minBytes || ', ''],
    ],
    'a text that is too long taken': [
      'A text has as many bytes as its field allows.',
      [' || bytes > field.maxBytes', ''],
    ],
    'a text taken that its field does not allow': [
      'The field itself decides about a text that not all may be.',
      ['      if (field.known != 0 && !isTaken(field, number, text, bytes)) return 0\n', ''],
    ],
    'a number below its bound taken': [
      'A number is within the bounds of its field.',
      ['units < field.min || ', ''],
    ],
    'a number above its bound taken': [
      'A number is within the bounds of its field.',
      [' || units > field.max', ''],
    ],
    'the end of a time not looked at': [
      isJson,
      ['if (end == 0 || load<u8>(end) != quote) return 0', 'if (end == 0) return 0'],
    ],
    'the sign of an epoch passed over': [
      'A time before 1970 is rounded down.',
      ['end == 0 || isNegative || ', 'end == 0 || '],
    ],
    'an epoch of too many digits taken': [
      'An epoch is not multiplied beyond 64 bits.',
      [' || digitCount > maxEpochDigits', ''],
    ],
    'an epoch of any year taken': [
      'Times are within the years 0001 to 9998.',
      ['      if (!isInNamedYears(ms)) return 0\n', ''],
    ],
    'the end of a number in a text not looked at': [
      isJson,
      ['end != 0 && load<u8>(end) == quote ?', 'end != 0 ?'],
    ],
  }),
  ...engineMutants('known-texts.ts', {
    'a text known by its hash': [
      'What was taken is known by the whole of it.',
      [
        'load<u32>(place, 16) == bytes + 1 && !v128.any_true(v128.xor(text, v128.load(place)))',
        'load<u32>(place, 16) != 0',
      ],
    ],
    'a text known by its first eight bytes': [
      'What was taken is known by the whole of it.',
      [
        '!v128.any_true(v128.xor(text, v128.load(place)))',
        'i64x2.extract_lane(text, 0) == load<i64>(place)',
      ],
    ],
    'a long text known by its first 16 bytes': [
      'Texts longer than 16 bytes are always asked for.',
      ['  if (bytes > maxKnownBytes) return takesText(number, from, bytes)\n', ''],
      [
        'const text = firstBytes(from, bytes)',
        'const text = firstBytes(from, min<u32>(bytes, 16))',
      ],
    ],
    'an empty text known before it was asked for': [
      'An empty place is no text.',
      ['load<u32>(place, 16) == bytes + 1 &&', 'load<u32>(place, 16) == bytes &&'],
      ['store<u32>(place, bytes + 1, 16)', 'store<u32>(place, bytes, 16)'],
    ],
    'a text that was refused known as taken': [
      'Only what was taken is remembered.',
      [
        'if (!takesText(number, from, bytes)) return false',
        'const isIn = takesText(number, from, bytes)',
      ],
      ['bytes + 1, 16)\n  return true', 'bytes + 1, 16)\n  return isIn'],
    ],
  }),
  ...engineMutants('skip-value.ts', {
    'nested deeper than bits are kept': [
      'What is nested deeper than 63 levels is left to the reference.',
      ['if (++depth > maxDepth) return 0', '++depth'],
    ],
    'a literal known by its first letter': [
      isJson,
      ['return load<u32>(from) == 0x6c6c756e ? from + 4 : 0', 'return from + 4'],
    ],
    'a bracket that closes another kind': [
      isJson,
      [
        'if (byte != <u8>(isObject ? 0x7d : 0x5d)) return 0',
        'if (byte != 0x7d && byte != 0x5d) return 0',
      ],
    ],
    'a colon taken for granted': [
      isJson,
      ['return load<u8>(colon) == 0x3a ? skipSpace(colon + 1) : 0', 'return skipSpace(colon + 1)'],
    ],
  }),
  ...engineMutants('index.ts', {
    'what stands behind an object in a text not looked at': [
      isJson,
      [
        'if (end == 0 || load<u8>(end) != lineFeed || !stage',
        'if (end != 0 && load<u8>(end) != lineFeed) end = lineEnd(end)\n    if (end == 0 || !stage',
      ],
    ],
    'what stands behind an object in a line not looked at': [
      isJson,
      ['end > to || spaceEnd(end, to) != to', 'end > to'],
    ],
    'an object that ends behind its line taken': [
      'A line ends where it is said to.',
      ['end > to || spaceEnd(end, to) != to', '(end < to && spaceEnd(end, to) != to)'],
    ],
    'events of a text that wait lost where it ends with an odd line': [
      'What waits is counted before a call ends.',
      ['  events += taken\n  flush()', '  events += taken\n  if (oddFrom == 0) flush()'],
    ],
    'events of lines that wait counted after an odd one': [
      'Of an id the first line counts, whoever reads it.',
      [
        '  flush()\n  return at\n}\n\nfunction spaceEnd',
        '  if (at == lines) flush()\n  return at\n}\n\nfunction spaceEnd',
      ],
    ],
    'the hour of an odd line’s id passed over': [
      'An id counts once within an hour.',
      ['const hour = plan.ids == Ids.Once ? 0 : hourOf(<i64>ms)', 'const hour: i64 = 0'],
    ],
  }),
  {
    name: 'an engine of another definition taken',
    breaks: 'What lines looked like is known by one definition alone.',
    file: 'lib/core/engine/engines.ts',
    edits: [{ from: 'one.plan === plan && one.use === use', to: 'one.use === use' }],
    noticedBy: 'comparison' as const,
  },
]
