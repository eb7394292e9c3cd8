import fc from 'fast-check'
import { formatUnits, parseDecimal } from '../../lib/core/index.ts'
import { SeededRandom } from '../data/seeded-random.ts'
import type { NumberKind } from './definition-plan.ts'
import { styles } from './styles.ts'

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER)

/** JSON texts for a field of numbers: most of them such as it takes, at its bounds and beyond. */
export function numberTexts({ scale, min, max }: NumberKind): fc.Arbitrary<string> {
  const least = unitsOf(min, scale) ?? -maxSafe
  const most = unitsOf(max, scale) ?? maxSafe
  const within = fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: least, max: most }) },
    {
      weight: 6,
      arbitrary: fc.bigInt({ min: -99n, max: 999n }).map((one) => clamp(one, least, most)),
    },
    { weight: 4, arbitrary: fc.constantFrom(least, most, clamp(0n, least, most)) },
  )
  const edges = fc.constantFrom(
    ...[least - 1n, least + 1n, most - 1n, most + 1n, maxSafe + 1n, maxSafe + 2n, -maxSafe - 1n],
    ...[
      2n ** 31n,
      2n ** 32n,
      2n ** 63n - 1n,
      2n ** 63n,
      2n ** 64n,
      -(2n ** 63n),
      10n ** 15n,
      10n ** 18n,
      10n ** 19n,
    ],
  )
  const units = fc.oneof({ weight: 14, arbitrary: within }, edges)
  return fc.tuple(units, styles).map(([one, style]) => spellNumber(one, scale, style))
}

function unitsOf(bound: number | undefined, scale: number): bigint | undefined {
  return bound === undefined ? undefined : BigInt(parseDecimal(String(bound), scale))
}

function clamp(units: bigint, least: bigint, most: bigint): bigint {
  if (units < least) return least
  return units > most ? most : units
}

/** A number of units as JSON text, in one of many ways; some of them are no JSON, or another number. */
export function spellNumber(units: bigint, scale: number, style: number): string {
  const text = formatUnits(units, scale)
  if (style === 0) return text
  const random = new SeededRandom(style)
  const withPoint = text.includes('.') ? text : `${text}.`
  const zeros = '0'.repeat(1 + random.below(25))
  if (random.below(6) === 0) return spellBadly(text, withPoint, random)
  return random.pick([
    () => `"${text}"`,
    () => withPoint + zeros,
    () => `${withPoint}${zeros}e0`,
    () => `${units}e-${scale}`,
    () => `"${units}E-0${scale}"`,
    () => `${units}${zeros}e-${scale + zeros.length}`,
    () => `${text}e+00`,
    () => (units === 0n ? random.pick(['-0', '-0.0', '0e5', '-0E-400', '0.000', '"-0"']) : text),
  ])()
}

/** No JSON, no number of the field, or another number than it was. */
function spellBadly(text: string, withPoint: string, random: SeededRandom): string {
  return random.pick([
    () => text.replace(/^-?/, '$&0'),
    () => text.replace(/^-?/, '-'),
    () => `${withPoint}${random.below(10)}`,
    () => `${text}${'1234567890123456'.slice(0, 1 + random.below(16))}`,
    () => `${text}e${random.pick(['1', '-1', '+2', '999999999', '-999999999', ''])}`,
    () =>
      `"${random.pick([` ${text}`, `${text} `, `+${text}`, `${text}e1`, `\\u0030${text}`, withPoint])}"`,
    () => random.pick(['.5', '+1', '-', '1.', '0x1', '00', '-01', '1e', '""', '"-"', '1e400']),
  ])()
}
