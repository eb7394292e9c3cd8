import { describe, it } from 'vitest'
import { Lines } from '../../lib/core/index.ts'
import { compareLines } from './compare-lines.ts'
import { definitionOf } from './definition-plan.ts'
import { batchDecoders } from './implementations.ts'
import { planOf, rfc3339, text, whole } from './plan-definition.ts'
import { sameBatches } from './same-batches.ts'

/*
 * Each case is what one shortcut of the engine would get wrong if it left out what it checks
 * (test/mutants), and nothing here is left to chance.
 */

const count = { kind: 'count', fields: [] } as const
const sum = (...fields: readonly string[]) => ({ kind: 'sum', fields }) as const
const every = (length: number) => [...Array(length).keys()]
const head = '"id":"i","at":"2026-11-28T10:58:30Z"'

describe('engine and reference make the same of members', () => {
  const twenty = 'x'.repeat(20)
  const forty = 'x'.repeat(40)
  const names = ['n', 'm', `${twenty}a`, `${twenty}b`, `${forty}a`, `${forty}b`]
  const plan = planOf(
    {
      id: text(1, 9),
      at: rfc3339,
      ...Object.fromEntries(names.map((name) => [`${name}?`, whole()])),
    },
    [{ key: ['id'], measures: names.map((name) => sum(name)) }],
  )

  it.each([
    ['n', 'm'],
    [`${twenty}a`, `${twenty}b`],
    [`${forty}a`, `${forty}b`],
  ])('that change their places: %s and %s', (one, other) => {
    const inTurn = [one, other, other, one, `${one.slice(0, -1)}c`, one]
    compareLines(
      plan,
      inTurn.map((name, at) => `{${head},"${name}":${at + 1},"n_":0}`),
    )
    compareLines(
      plan,
      inTurn.map(
        (name, at) => `{${head} , \t                "${name}" :${' '.repeat(20)}${at + 1}}`,
      ),
    )
  })

  it('whose names are as long as those of fields', () => {
    const fields = { i: text(1, 9), at: rfc3339, 'abc?': whole(), 'abd?': whole() }
    const alike = planOf(fields, [{ key: ['i'], measures: [sum('abc'), sum('abd')] }])
    const event = '"i":"i","at":"2026-11-28T10:58:30Z"'
    compareLines(
      alike,
      ['abc', 'abd', 'abe', 'Abc'].map((name, at) => `{${event},"${name}":${at + 1}}`),
    )
  })

  it('that no comma or another sign stands between', () => {
    compareLines(
      plan,
      [',', ';', '', ' ', ',,', '{'].map((sign) => `{${head}${sign}"n":1${sign}"m":2}`),
    )
  })

  it('that come twice, or are null where others were not', () => {
    const members = ['1', 'null', '2', 'null']
    const twice = members.flatMap((one) => members.map((other) => `"n":${one},"n":${other}`))
    compareLines(
      plan,
      [...twice, '"n":7', '"n":null', '"m":null', '"n":nul', '"n":nulll'].map(
        (more) => `{${head},${more}}`,
      ),
    )
  })

  it('that are nested deeper than there are bits for', () => {
    const nested = (depth: number, close: string) =>
      `{${head},"more":{"a":${'['.repeat(depth)}${']'.repeat(depth)}${close}}`
    const depths = [1, 60, 61, 62, 63, 64, 65, 66, 127, 128, 129, 253, 254, 255, 256, 300]
    compareLines(
      plan,
      depths.flatMap((depth) => ['}', ']', '"', ''].map((close) => nested(depth, close))),
    )
    const odd = ['[}', '{]', '[1}', '{"a":1]', '{"a"1}', '{"a" "b"}', '{"a":nule}', '[nuls]']
    compareLines(
      plan,
      odd.map((value) => `{${head},"more":${value},"n":1}`),
    )
  })

  it('of a line that ends before its object, or after more than that', () => {
    const definition = definitionOf(plan)
    const bytes = Buffer.from(`{${head},"n":1}   {"n":2} `)
    for (const end of every(bytes.length + 1)) {
      const lines = new Lines(bytes, [0], [end])
      sameBatches(batchDecoders, [{ definition, lines, froms: [0] }])
    }
  })

  it('of an event that has a field for its id, its time and its number, or has not', () => {
    const required = planOf({ id: text(1, 9), at: rfc3339, n: whole() }, [
      { key: ['id'], measures: [sum('n')] },
    ])
    const all = ['"id":"i"', '"at":"2026-11-28T10:58:30Z"', '"n":5']
    const parts = [all, all.slice(1), [all[0], all[2]], all.slice(0, 2), ['"n":5'], []]
    compareLines(
      required,
      parts.map((members) => `{${members.join()}}`),
    )
  })
})

describe('engine and reference make the same of the lines of a batch', () => {
  it('that are of one key, from any of them on', () => {
    const plan = planOf({ id: text(1, 9), at: rfc3339, n: whole() }, [
      { key: ['id'], measures: [sum('n')] },
      { key: ['id', 'n'], measures: [count] },
    ])
    const lines = Lines.of(
      every(200).map((at) => Buffer.from(`{${head},"n":${at % 7 === 6 ? '1e1' : at % 5}}`)),
    )
    const froms = [0, 1, 2, 63, 64, 65, 150, 198, 199, 200]
    sameBatches(batchDecoders, [{ definition: definitionOf(plan), lines, froms }])
  })

  it('of one definition after another', () => {
    const define = (first: string, other: string) =>
      definitionOf(
        planOf({ id: text(1, 9), at: rfc3339, [first]: whole(), [other]: whole() }, [
          { key: ['id'], measures: [sum(first)] },
        ]),
      )
    const definitions = [define('n', 'm'), define('m', 'n')]
    const lines = Lines.of([Buffer.from(`{${head},"n":1,"m":2}`)])
    sameBatches(
      batchDecoders,
      every(4).map((at) => ({
        definition: definitions[at % 2] ?? define('n', 'm'),
        lines,
        froms: [0],
      })),
    )
  })
})
