import fc from 'fast-check'
import type { TimestampFormat } from '../../lib/core/fields/timestamp.ts'
import { SeededRandom } from '../data/seeded-random.ts'
import { spellNumber } from './number-texts.ts'
import { styles } from './styles.ts'

const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9998-12-31T23:59:59.999Z')

const bases = [
  '2026-11-28T10:58:30Z',
  '2024-02-28T23:58:30Z',
  '2023-12-31T23:58:30Z',
  '2024-02-29T00:00:00.000Z',
  '2000-02-29T23:59:00Z',
  '1900-02-28T23:58:30Z',
  '1969-12-31T23:58:30Z',
  '0004-02-28T23:58:30Z',
].map((text) => Date.parse(text))

/** Most within minutes of few instants, so that events come together in rows. */
export const instants: fc.Arbitrary<number> = fc.oneof(
  { weight: 16, arbitrary: fc.nat(180_000).map((ms) => (bases[0] as number) + ms) },
  { weight: 6, arbitrary: nearBases(180_000) },
  { weight: 2, arbitrary: nearBases(3 * 86_400_000) },
  { weight: 1, arbitrary: fc.integer({ min: firstMs, max: lastMs }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(firstMs, firstMs - 1, lastMs, lastMs + 1, 0, -1, -60_000),
  },
)

function nearBases(withinMs: number) {
  return fc.tuple(fc.constantFrom(...bases), fc.nat(withinMs)).map(([base, ms]) => base + ms)
}

/** What is near to a date and time: some of them are one. */
const oddTexts = [
  ...['2023-02-29', '2024-02-30', '1900-02-29', '2000-02-29', '2100-02-29', '2024-04-31'],
  ...['2024-00-10', '2024-13-10', '2024-12-00', '2024-12-32', '0000-01-01', '0001-01-01'],
  ...['0000-12-31', '1899-12-31', '9998-12-31', '9999-01-01', '9999-12-31', '0099-02-28'],
].flatMap((date) => [`${date}T23:59:59.999Z`, `${date}T00:00:00+00:01`, `${date}T23:59:00-23:59`])
const oddTimes = [
  ...[
    'T10:58:60Z',
    'T24:00:00Z',
    'T23:60:00Z',
    'T10:58Z',
    'T10:58:30',
    ' 10:58:30Z',
    'T10:58:30.Z',
  ],
  ...[
    'T10:58:30,5Z',
    'T10:58:30+24:00',
    'T10:58:30+00:60',
    'T10:58:30+0000',
    'T10:58:30+05',
    'T1:58:30Z',
  ],
  ...[
    't10:58:30z',
    'T10:58:30.1234567890123z',
    'T10:58:30Z\\n',
    'T10:58:30Z ',
    'T10:58:30\\u005a',
    'T10:58:3٠Z',
  ],
  ...[
    'T10:58:30.000000000001-00:00',
    'T10:58:30.9999+14:00',
    'Ｔ10:58:30Z',
    'T10:58:30ZZ',
    'T10:58:30.-1Z',
  ],
].map((time) => `2026-11-28${time}`)

/** JSON texts for a timestamp: most of them such as it takes. */
export function timestampTexts(format: TimestampFormat): fc.Arbitrary<string> {
  const spelled = fc.tuple(instants, styles).map(([ms, style]) => {
    if (format === 'rfc3339') return spellInstant(ms, style)
    return spellNumber(BigInt(ms), format === 'epochSeconds' ? 3 : 0, style)
  })
  const odd =
    format === 'rfc3339'
      ? fc.constantFrom(...oddTexts, ...oddTimes).map((text) => `"${text}"`)
      : fc.constantFrom(
          '-0.0001',
          '-1.9999',
          '1.0009',
          '1e-30',
          '1e-31',
          '1.5e9',
          '-62135596800',
          '253370764799.9999',
          '9e99',
        )
  return fc.oneof({ weight: 20, arbitrary: spelled }, { weight: 2, arbitrary: odd })
}

function spellInstant(ms: number, style: number): string {
  if (style === 0) return `"${new Date(ms).toISOString()}"`
  const random = new SeededRandom(style)
  const [sign, hours, minutes] = [
    random.pick([1, -1]),
    random.pick([0, 0, 1, 5, 14, 23]),
    random.pick([0, 0, 1, 30, 45, 59]),
  ]
  const isZulu = random.below(2) === 0
  const localMs = isZulu ? ms : ms + sign * (hours * 60 + minutes) * 60_000
  const offset = isZulu
    ? random.pick(['Z', 'z'])
    : `${sign < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
  const text = new Date(localMs).toISOString()
  const digits = random.pick([0, 0, 1, 2, 3, 4, 5, 6, 9, 12])
  const fraction =
    digits === 0 ? '' : `.${`${text.slice(-4, -1)}${random.below(2 ** 31)}999`.slice(0, digits)}`
  return `"${text.slice(0, 10)}${random.pick(['T', 'T', 't'])}${text.slice(11, 19)}${fraction}${offset}"`
}

const two = (value: number) => String(value).padStart(2, '0')
