import fc from 'fast-check'
import { formatUnits } from '../../lib/core/index.ts'
import { anyText } from '../support/any-text.ts'
import type {
  AggregationPlan,
  DefinitionPlan,
  FieldKind,
  FieldPlan,
  TextKind,
} from './definition-plan.ts'
import { knownPatterns } from './known-patterns.ts'

const lengths = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 256, 1000]

const texts: fc.Arbitrary<TextKind> = fc
  .record({
    shortest: fc.constantFrom(0, 0, 0, 1, 2, 8, 16, 17),
    more: fc.constantFrom(...lengths),
    pattern: fc.option(fc.constantFrom(...knownPatterns.map(([pattern]) => pattern)), {
      nil: undefined,
    }),
  })
  .map(({ shortest, more, pattern }) => ({
    kind: 'string',
    minBytes: pattern ? 0 : shortest,
    maxBytes: pattern ? Math.max(more, 40) : shortest + more,
    pattern,
  }))

const choices = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['', 'E', 'EU', 'EUR', 'EURO', 'GBP', 'é', 'ü€', '😀', 'a"b', 'a\\b', '\n', '\u0000'],
      ...['~', '|', '#', '~-', 'null', 'true', '1', '0', 'x y', '\u007f', '\ufeff', '\uffff'],
      ...[7, 8, 9, 15, 16, 17, 31, 32, 33, 70].map((bytes) => 'x'.repeat(bytes)),
    ),
  },
  { weight: 2, arbitrary: anyText() },
  // Half of a pair is well-formed to nobody, but may be told in a definition and escaped in a line.
  { weight: 1, arbitrary: fc.constantFrom('\ud800', 'a\udc00b') },
)

/** Fifteen digits, so that the bound is the same once it is a double. */
const boundUnits = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
  fc.constantFrom(-128, 127, 255, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32),
)

const bounds = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.tuple(boundUnits, boundUnits) },
  { weight: 2, arbitrary: fc.tuple(boundUnits) },
)

const numbers = (kind: 'integer' | 'decimal', scales: fc.Arbitrary<number>) =>
  fc.tuple(scales, bounds).map(([scale, units]): FieldKind => {
    const [least, most] = units
      .toSorted((a, b) => a - b)
      .map((one) => Number(formatUnits(one, scale)))
    return { kind, scale, min: least, max: most }
  })

const kinds: fc.Arbitrary<FieldKind> = fc.oneof(
  texts,
  fc
    .array(choices, { minLength: 1, maxLength: 6 })
    .map((all): FieldKind => ({ kind: 'oneOf', choices: all })),
  numbers('integer', fc.constant(0)),
  numbers('decimal', fc.integer({ min: 0, max: 15 })),
  timestamps(),
)

function timestamps() {
  return fc
    .constantFrom('rfc3339' as const, 'epochSeconds' as const, 'epochMilliseconds' as const)
    .map((format) => ({ kind: 'timestamp' as const, format }))
}

/** Names that a key may be made of. */
const columnNames = fc.constantFrom(
  ...['a', 'ab', 'abc', 'abcd', 'abcdefg', 'abcdefgh', 'abcdefghi', 'productId', 'productIds'],
  ...['valueOf', 'constructor', 'toString', 'hasOwnProperty', 'length', 'A_1', 'product'],
  ...[15, 16, 17, 31, 32, 33, 100].map((bytes) => 'x'.repeat(bytes)),
)

const oddNames = fc.oneof(
  fc.constantFrom(
    ...['', '__proto__', '0', '1', '10', '-1', ' ', 'é', 'größe', '名前', '😀', 'a"b', 'a\\b'],
    ...['a\nb', '\u0000', '\u007f', 'a/b', '\ud800', '\ufeff', 'a.b', '"', '\\', 'ab"', '\u2028'],
    ...[15, 16, 17, 32].map((bytes) => `${'x'.repeat(bytes - 2)}é`),
  ),
  anyText(),
)

const names = fc.oneof({ weight: 3, arbitrary: columnNames }, oddNames)

const fieldPlans: fc.Arbitrary<readonly FieldPlan[]> = fc
  .record({
    // An id is not empty, so its pattern must not ask for that.
    id: texts.map((id) => (id.pattern?.test('') ? { ...id, pattern: undefined } : id)),
    time: timestamps(),
    others: fc.array(fc.tuple(kinds, fc.boolean()), { maxLength: 6 }),
    named: fc.uniqueArray(names, { minLength: 8, maxLength: 8 }),
  })
  .map(({ id, time, others, named }) =>
    [
      [{ ...id, minBytes: Math.max(1, id.minBytes), maxBytes: id.maxBytes + 1 }, false] as const,
      [time, false] as const,
      ...others,
    ].map(([kind, optional], at) => ({ name: named[at] ?? '', optional, ...kind })),
  )

/** Any definition that `definePipeline` takes. */
export const definitionPlans: fc.Arbitrary<DefinitionPlan> = fieldPlans.chain((made) => {
  // A key needs a field with the name of a column; where there is none, it is made of the id.
  const [first, ...rest] = made as [FieldPlan, ...FieldPlan[]]
  const short = { maxBytes: 64, pattern: undefined, minBytes: 1 }
  const fields = made.some(mayBeKey) ? made : [{ ...first, ...short, name: 'id' }, ...rest]
  const [id, time] = fields as [FieldPlan, FieldPlan]
  return fc.record({
    fields: fc.shuffledSubarray([...fields], { minLength: fields.length }),
    id: fc.constant(id.name),
    time: fc.constant(time.name),
    earliest: fc.constantFrom(
      ...Array<string>(6).fill('0001-01-01T00:00:00Z'),
      '1970-01-01T00:00:00Z',
      '2024-02-29T00:00:00.001Z',
    ),
    maxAheadMs: fc.constantFrom(0, 0.5, 1000, 60_000, 3_600_000),
    aggregations: fc.array(aggregationPlans(fields), { minLength: 1, maxLength: 3 }),
  })
})

function aggregationPlans(fields: readonly FieldPlan[]): fc.Arbitrary<AggregationPlan> {
  const columns = fields.filter(mayBeKey)
  const numeric = fields.filter(isNumber).map(({ name }) => name)
  const counts = fc.constant({ kind: 'count' as const, fields: [] as string[] })
  const measures =
    numeric.length === 0
      ? counts
      : fc.oneof(
          { weight: 1, arbitrary: counts },
          {
            weight: 4,
            arbitrary: fc.record({
              kind: fc.constantFrom(
                'sum' as const,
                'min' as const,
                'max' as const,
                'mean' as const,
              ),
              fields: fc.array(fc.constantFrom(...numeric), { minLength: 1, maxLength: 3 }),
            }),
          },
        )
  return fc.record({
    key: fc
      .shuffledSubarray(columns, { minLength: 1, maxLength: Math.min(4, columns.length) })
      .map(withinKey),
    measures: fc.array(measures, { minLength: 1, maxLength: 5 }),
  })
}

const isNumber = ({ kind }: FieldPlan) => kind === 'integer' || kind === 'decimal'

const maxKeyBytes = 900

const keyBytes = (field: FieldPlan) => 2 * textBytes(field) + 1

function textBytes(field: FieldPlan): number {
  if (field.kind === 'string') return field.maxBytes
  if (field.kind === 'oneOf') return Math.max(...field.choices.map((one) => Buffer.byteLength(one)))
  return 18
}

function mayBeKey(field: FieldPlan): boolean {
  const { kind, name } = field
  return (
    kind !== 'timestamp' &&
    /^[A-Za-z]\w*$/.test(name) &&
    !/^m\d$/.test(name) &&
    keyBytes(field) <= maxKeyBytes
  )
}

function withinKey(fields: readonly FieldPlan[]): readonly string[] {
  let left = maxKeyBytes
  return fields
    .filter((field) => {
      const fits = keyBytes(field) <= left
      if (fits) left -= keyBytes(field)
      return fits
    })
    .map(({ name }) => name)
}
