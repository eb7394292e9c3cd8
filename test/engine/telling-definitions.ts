import type { DefinitionPlan, FieldKind } from './definition-plan.ts'
import {
  choice,
  decimals,
  epochMilliseconds,
  epochSeconds,
  planOf,
  rfc3339,
  text,
  whole,
} from './plan-definition.ts'

const counted = { kind: 'count', fields: [] } as const
const measured = (...fields: readonly string[]) =>
  (['sum', 'min', 'max', 'mean'] as const).map((kind) => ({ kind, fields }))

const longName = (bytes: number) => 'x'.repeat(bytes)

/** Definitions each of which asks for something that another does not. */
export const tellingDefinitions: readonly DefinitionPlan[] = [
  planOf(
    {
      transactionId: text(1, 128),
      timestamp: rfc3339,
      productId: text(1, 256),
      quantity: whole(),
      unitPrice: decimals(4, 0),
      currency: text(0, 3, /^[A-Z]{3}$/),
      'customerId?': text(0, 128),
    },
    [{ key: ['productId', 'currency'], measures: [counted, ...measured('quantity', 'unitPrice')] }],
    { earliest: '2000-01-01T00:00:00Z' },
  ),
  planOf({ id: text(1, 16), at: rfc3339 }, [{ key: ['id'], measures: [counted] }]),
  planOf(
    {
      id: text(1, 33),
      at: epochSeconds,
      n: whole(),
      d: decimals(15),
      'e?': decimals(2),
      'o?': choice('a', ''),
    },
    [
      { key: ['n', 'd', 'e', 'o'], measures: measured('d') },
      { key: ['o'], measures: measured('e') },
    ],
  ),
  planOf({ id: text(1, 17), at: epochMilliseconds, k: choice('a', 'b'), v: whole(-128, 127) }, [
    { key: ['k'], measures: measured('v') },
  ]),
  planOf(
    [15, 16, 17, 31, 32, 33].map((bytes, at) => [
      longName(bytes),
      [text(1, 32), rfc3339, choice('k'), whole(), decimals(1), text(0, 15)][at] as FieldKind,
    ]),
    [{ key: [longName(17)], measures: measured(longName(31), longName(32)) }],
  ),
  planOf(
    [
      ['', text(1, 16)],
      ['__proto__', rfc3339],
      ['"', whole()],
      ['\\', decimals(3)],
      ['é', choice('é', 'e\u0301')],
      ['0', text(0, 64)],
      ['k?', text(0, 64)],
    ],
    [{ key: ['k'], measures: [...measured('"'), ...measured('"', '\\')] }],
  ),
  planOf(
    { abcd: text(1, 64), abc: rfc3339, ab: choice('x', 'y'), a: whole(), abcde: decimals(0) },
    [
      { key: ['ab'], measures: measured('a') },
      { key: ['abcde', 'a'], measures: measured('abcde') },
    ],
  ),
  planOf(
    {
      id: text(1, 64),
      at: rfc3339,
      k: choice('k'),
      a: whole(),
      b: decimals(15),
      'c?': decimals(7),
    },
    [
      { key: ['k'], measures: measured('a', 'b', 'c') },
      { key: ['k'], measures: [...measured('a'), ...measured('a', 'a')] },
      { key: ['k', 'id'], measures: [counted] },
    ],
  ),
  planOf(
    {
      id: text(1, 64),
      at: rfc3339,
      c: choice(
        '',
        'a"b',
        'a\\b',
        '\n',
        '\u0000',
        '~',
        '|',
        '#',
        'é',
        '😀',
        longName(16),
        longName(17),
      ),
      'd?': choice('~-', 'null', '\uffff', '\u{10000}'),
    },
    [{ key: ['c', 'd'], measures: [counted] }],
  ),
  planOf(
    {
      id: text(1, 36, /^[0-9a-f-]+$/),
      at: rfc3339,
      word: text(2, 40, /^\p{L}+$/u),
      line: text(0, 40, /^x$/m),
      sixteen: text(16, 17),
    },
    [{ key: ['word', 'line', 'sixteen'], measures: [counted] }],
  ),
  planOf(
    { id: text(1, 64), at: epochSeconds, 'k?': text(0, 200), 'n?': whole(), 'd?': decimals(4) },
    [
      {
        key: ['k'],
        measures: [counted, ...measured('n'), ...measured('d'), ...measured('n', 'd')],
      },
    ],
  ),
  planOf(
    {
      id: text(1, 64),
      at: rfc3339,
      amount: decimals(2, -0.5, 999.99),
      n: whole(5, 5),
      k: text(0, 8),
    },
    [{ key: ['k', 'n'], measures: measured('amount') }],
    { earliest: '2024-02-29T00:00:00.001Z', maxAheadMs: 0 },
  ),
]
