import fc from 'fast-check'
import { Lines } from '../../lib/core/index.ts'
import { definitionPlans } from './definition-arbitrary.ts'
import { type DefinitionPlan, definitionOf } from './definition-plan.ts'
import { linesFor } from './line-arbitrary.ts'
import type { BatchInput } from './same-batches.ts'
import type { HistoryInput } from './same-histories.ts'
import { instants } from './timestamp-texts.ts'

/** Lines in memory, with other bytes between them or none. */
export interface PlannedLines {
  readonly texts: readonly Uint8Array[]
  readonly gap: number
}

const gaps = fc.constantFrom(0, 1, 7, 16)

export interface PlannedBatch extends PlannedLines {
  readonly arrivedMs: readonly number[] | undefined
  readonly froms: readonly number[]
}

export interface PlannedChunk extends PlannedLines {
  readonly mayBeMissing: boolean
}

const maxLines = 16

/** Some lines come again, and so do their ids. */
const textsFor = (plan: DefinitionPlan) =>
  fc
    .tuple(
      fc.array(linesFor(plan), { maxLength: maxLines, size: 'max' }),
      fc.array(fc.nat(maxLines), { maxLength: 4 }),
    )
    .map(([lines, again]) => [...lines, ...again.flatMap((at) => lines[at] ?? [])])

export const plannedBatches = (plan: DefinitionPlan): fc.Arbitrary<PlannedBatch> =>
  textsFor(plan).chain((texts) =>
    fc.record({
      texts: fc.constant(texts),
      gap: gaps,
      arrivedMs: fc.option(
        fc.array(fc.oneof(instants, { weight: 8, arbitrary: fc.constant(9e15) }), {
          minLength: texts.length,
          maxLength: texts.length,
        }),
        { nil: undefined },
      ),
      froms: fc.array(fc.nat(texts.length + 1), { minLength: 1, maxLength: 4 }),
    }),
  )

export const plannedChunks = (plan: DefinitionPlan): fc.Arbitrary<readonly PlannedChunk[]> =>
  fc.array(fc.record({ texts: textsFor(plan), gap: gaps, mayBeMissing: fc.boolean() }), {
    maxLength: 4,
  })

/** One definition or two, and what each is given in turn. */
export function withDefinitions<Given>(
  given: (plan: DefinitionPlan) => fc.Arbitrary<Given>,
): fc.Arbitrary<readonly { readonly plan: DefinitionPlan; readonly given: Given }[]> {
  const one = definitionPlans.chain((plan) =>
    fc.record({ plan: fc.constant(plan), given: given(plan) }),
  )
  return fc.array(one, { minLength: 1, maxLength: 2 })
}

/** Batches of definitions in turn. */
export function batchInputs(
  planned: readonly { readonly plan: DefinitionPlan; readonly given: readonly PlannedBatch[] }[],
): BatchInput[] {
  const all = planned.map(({ plan, given }) => ({ definition: definitionOf(plan), given }))
  const most = Math.max(0, ...all.map(({ given }) => given.length))
  return Array.from({ length: most }, (_, at) =>
    all.flatMap(({ definition, given }) => {
      const batch = given[at]
      if (batch === undefined) return []
      const { arrivedMs, froms } = batch
      return [{ definition, lines: placed(batch), arrivedMs, froms }]
    }),
  ).flat()
}

export function historyInputs(
  planned: readonly { readonly plan: DefinitionPlan; readonly given: readonly PlannedChunk[] }[],
): HistoryInput[] {
  return planned.map(({ plan, given }) => ({
    definition: definitionOf(plan),
    chunks: given.map((chunk) => ({ lines: placed(chunk), mayBeMissing: chunk.mayBeMissing })),
  }))
}

/** What stands between lines would end a text, or begin one, if it were read. */
const between = Buffer.from('"},{"\\'.repeat(3))

export function placed({ texts, gap }: PlannedLines): Lines {
  const starts: number[] = []
  const ends: number[] = []
  const parts: Uint8Array[] = []
  let at = 0
  for (const text of texts) {
    const before = between.subarray(0, gap)
    at += before.length
    starts.push(at)
    at += text.length
    ends.push(at)
    parts.push(before, text)
  }
  parts.push(between.subarray(0, gap))
  return new Lines(Buffer.concat(parts), starts, ends)
}
