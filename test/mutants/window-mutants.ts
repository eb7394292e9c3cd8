import { engineMutants } from './engine-mutant.ts'

const isInWindow = 'An event counts in the window that its time is in.'
const isOnce = 'Two ids are one only if they are the same.'
const isWhole = 'A table keeps what it held when it grows.'
const isExact = 'Rows are written as their numbers are shown.'
// A digest has 128 bits. So that few ids show that all are compared, 16 are left of its lower half.
const shortTag = [
  'return <u32>high & ~(((<u32>1) << table.bits) - 1)',
  'return table.ids & 0',
] as const

/** Shortcuts of windows, of ids, and of rows as text. */
export const windowMutants = [
  ...engineMutants('windows.ts', {
    'a window kept beyond its end': [isInWindow, ['ms < toMs ?', 'ms < toMs + minuteMs ?']],
    'a window kept before its beginning': [
      isInWindow,
      ['return ms >= fromMs &&', 'return ms >= fromMs - minuteMs &&'],
    ],
    'an hour cached though it lies in two windows': [
      isInWindow,
      ['if (fromMs <= start && start + hourMs <= toMs) {', 'if (fromMs <= toMs) {'],
    ],
    'an hour known by its place': [
      isInWindow,
      [
        'if (load<i64>(cached) == hour) return',
        'if (load<i64>(cached) != 0x7f7f7f7f7f7f7f7f) return',
      ],
    ],
    'an hour kept beyond its end': [
      'An event is of the hour that its time is in.',
      ['ms >= hourFromMs + hourMs', 'ms >= hourFromMs + 2 * hourMs'],
    ],
    'times before 1970 rounded up': [
      isInWindow,
      ['return rest < 0 ? ms - rest - unitMs : ms - rest', 'return ms - rest'],
    ],
    'a window’s number beyond 32 bits': [isInWindow, [' || number > <i64>u32.MAX_VALUE', '']],
    'a window known by its hash': [
      isInWindow,
      ['if (changetype<Window>(at).number == number) return at', 'return at'],
    ],
    'windows lost when their table grows': [isWhole, ['    if (at != 0) putKnown(at)\n', '']],
    'a table used again that is not cleared': [
      'A table is empty at first.',
      ['memory.fill(free, 0, bytes)', 'memory.fill(free, 0, bytes - 8)'],
    ],
  }),
  ...engineMutants('digest.ts', {
    'the end of an id not digested': [
      isOnce,
      ['const tail = rest == 0 ?', 'const tail = rest < 8 ?'],
    ],
    'the length of an id not digested': [isOnce, [' | ((<u64>(bytes + 8)) << 56)', '']],
    'what stands behind an id digested': [isOnce, [' & (((<u64>1) << (rest << 3)) - 1)', '']],
    'the hour of an id not digested': [
      'In a text, an id counts once within an hour.',
      ['  absorb(<u64>hour)\n', ''],
    ],
  }),
  ...engineMutants('ids.ts', {
    'an id known by the half of its digest': [
      isOnce,
      shortTag,
      [
        'load<u64>(digest) == low && load<u64>(digest, 8) == high',
        '(load<u64>(digest) ^ low) >> 48 == 0',
      ],
    ],
    'an id known by its entry': [
      isOnce,
      ['return <u32>high & ~(((<u32>1) << table.bits) - 1)', 'return <u32>high & 0xf0000000'],
      [
        'if (load<u64>(digest) == low && load<u64>(digest, 8) == high) return false',
        'if (digest != 0) return false',
      ],
    ],
    'an id lost when its table grows': [
      isWhole,
      [
        'for (let place: u32 = 0; place < table.ids; place++)',
        'for (let place: u32 = 1; place < table.ids; place++)',
      ],
    ],
    'pages of digests lost when there are more': [
      isWhole,
      ['    memory.copy(pages, table.pages, (<usize>page) << 2)\n', ''],
    ],
  }),
  ...engineMutants('rows.ts', {
    'sums written by their lower half': [
      isExact,
      ['if (high != low >> 63) return writeWide', 'if (high == i64.MIN_VALUE) return writeWide'],
    ],
    'a wide sum below zero without its carry': [
      isExact,
      ['upper = ~upper + <u64>(lower == 0)', 'upper = ~upper'],
    ],
    'a sum’s sign not written': [isExact, ['  if (isNegative) store<u8>(at++, 0x2d)\n', '']],
    'zeros behind the point written': [
      isExact,
      ['  while (end > point && load<u8>(end - 1) == 0x30) end--\n', ''],
    ],
    'no zero before the point': [
      isExact,
      ['while (digitsEnd - from <= <usize>scale)', 'while (digitsEnd - from < <usize>scale)'],
    ],
    'no number written as one': [
      'No number is no number.',
      ['(column.op == Op.Min && low == i64.MAX_VALUE) ||\n', 'false ||\n'],
    ],
  }),
]
