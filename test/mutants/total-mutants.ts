import { engineMutants } from './engine-mutant.ts'

const areSame = 'A key is known by its values, each whole and of its kind.'
// Tables tell keys apart by halves of hashes first. So that few keys show what they rest on besides, the
// hash has twelve bits.
const shortHash = ['return <u32>(hash >> 32)', 'return <u32>(hash >> 32) & 0xfff00000'] as const
const isWhole = 'A table keeps what it held when it grows.'

/** Shortcuts of what is kept of events: keys, groups, sums and extremes. */
export const totalMutants = [
  ...engineMutants('add-up.ts', {
    'a number that is missing counted': [
      'Only what an event has counts.',
      ['    if (((has >> accumulator.source) & 1) == 0) continue\n', ''],
    ],
    'a sum without its carry': [
      'Sums have 128 bits.',
      ['(value >> 63) + <i64>(sum < low)', '(value >> 63)'],
    ],
    'a sum without its sign': ['Sums have 128 bits.', [' + (value >> 63)', '']],
  }),
  ...engineMutants('stage.ts', {
    'required fields not looked at': [
      'An event has all fields that are not optional.',
      ['  if ((seen & plan.required) != plan.required) return false\n', ''],
    ],
    'an event before the earliest taken': [
      'Times are within the bounds of the definition.',
      ['<f64>ms < plan.earliestMs || ', ''],
    ],
    'an event too far ahead taken': [
      'Times are within the bounds of the definition.',
      [' || <f64>ms > latestMs', ''],
    ],
    'a product beyond 62 bits': [
      'A product that an i64 may not hold is left to the reference.',
      ['      if (clz(abs(value)) + clz(abs(other)) < 66) return false\n', ''],
    ],
    'a product with a factor that is missing': [
      'A product needs all of its factors.',
      ['      isThere &= seen >> field\n', ''],
    ],
    'the last line of a group forgotten': [
      'A group knows its last line.',
      ['  group.lastLine = line\n', ''],
    ],
    'a chain of lines cut': [
      'A group knows each of its lines.',
      ['isFirst ? noLine : group.lastLine', 'noLine'],
    ],
    'minutes of duplicates taken for right': [
      'A minute whose event came again may be wrong.',
      ['if (isNew || plan.marksUncertain)', 'if (isNew)'],
    ],
    'a row of duplicates alone': [
      'A row has an event.',
      ['    if (!isNew) continue\n', '    group.key |= hasEvents\n    if (!isNew) continue\n'],
    ],
    'ids of another hour taken for the same': [
      'In a text, an id counts once within an hour.',
      ['const hour = plan.ids == Ids.Once ? 0 : hourOf(ms)', 'const hour: i64 = 0'],
    ],
    'ids of another hour of history taken for others': [
      'In a fold of history, an id counts once.',
      ['const hour = plan.ids == Ids.Once ? 0 : hourOf(ms)', 'const hour = hourOf(ms)'],
    ],
  }),
  ...engineMutants('keys.ts', {
    'a key known by its hash': [
      areSame,
      shortHash,
      ['if (isSame(key, aggregation, number)) return key', 'return key'],
    ],
    'a text in a key known by whole eights of its bytes': [
      areSame,
      ['return rest == 0 ? mixed :', 'return rest < 8 ? mixed :'],
      ['return rest == 0 ||', 'return rest < 64 ||'],
    ],
    'what stands behind a text of a key hashed': [
      'One key stands once.',
      ['mix(mixed, load<u64>(at) & (((<u64>1) << (rest << 3)) - 1))', 'mix(mixed, load<u64>(at))'],
    ],
    'a key of another aggregation taken': [
      'Aggregations have keys of their own.',
      ['plan.key0 ^ <u64>number', 'plan.key0'],
      ['  if (key.aggregation != number) return false\n', ''],
    ],
    'a missing value of a key equal to an empty text': [
      areSame,
      [
        'if (!has(field)) hash = mix(hash, isMissing)\n    else if',
        'if (!has(field)) hash = hash + 0\n    else if',
      ],
      [
        'if (there != isMissing) return false',
        'if (there != isMissing && there != 0) return false',
      ],
      ['if (there != bytes ||', 'if ((there != bytes && (bytes != 0 || there != isMissing)) ||'],
    ],
    'a missing value of a key equal to zero': [
      areSame,
      ['hash = mix(hash, isMissing)\n', 'hash = mix(hash, 0)\n'],
      [
        'if (there != isMissing) return false',
        'if (there == isNumber && load<i64>(at) == 0) at += 8\n      else if (there != isMissing) return false',
      ],
    ],
    'a key lost when their table grows': [
      isWhole,
      ['let key = firstKey; key', 'let key = changetype<Key>(firstKey).next; key'],
    ],
  }),
  ...engineMutants('groups.ts', {
    'a group known by the hash of its key': [
      'A group is of one key.',
      ['const hash = key.hash\n', 'const hash = key.hash & 0xfff00000\n'],
      ['putEntry(window, key.hash, at)', 'putEntry(window, key.hash & 0xfff00000, at)'],
      ['if ((group.key & ~flags) == changetype<usize>(key)) return group', 'return group'],
    ],
    'a key’s last group taken in another window': [
      'A group is of one window.',
      [
        'if (key.lastWindow == changetype<usize>(window)) return changetype',
        'if (key.lastWindow != 0) return changetype',
      ],
    ],
    'groups lost when their table grows': [
      isWhole,
      ['    if (entry != 0) putEntry(window, <u32>(entry >> 32), <usize>(<u32>entry))\n', ''],
    ],
    'no least as zero': [
      'No number is no number.',
      ['store<i64>(place, i64.MAX_VALUE)', 'store<i64>(place, 0)'],
    ],
    'no greatest as zero': [
      'No number is no number.',
      ['store<i64>(place, i64.MIN_VALUE)', 'store<i64>(place, 0)'],
    ],
  }),
]
