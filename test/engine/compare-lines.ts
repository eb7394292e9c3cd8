import { placed } from './batch-arbitrary.ts'
import { type DefinitionPlan, definitionOf } from './definition-plan.ts'
import { batchDecoders } from './implementations.ts'
import { sameBatches } from './same-batches.ts'

const batchLines = 256

/** Compares what becomes of many lines, in batches of some; a gap of bytes between shifts them. */
export function compareLines(
  plan: DefinitionPlan,
  lines: readonly (Uint8Array | string)[],
  { gap = 0, arrivedMs }: { readonly gap?: number; readonly arrivedMs?: number } = {},
): void {
  const definition = definitionOf(plan)
  const all = lines.map((line) => Buffer.from(line as string))
  for (let at = 0; at < all.length; at += batchLines) {
    const texts = all.slice(at, at + batchLines)
    const arrived = arrivedMs === undefined ? undefined : texts.map(() => arrivedMs)
    const input = { definition, lines: placed({ texts, gap }), arrivedMs: arrived, froms: [0] }
    sameBatches(batchDecoders, [input])
  }
}
