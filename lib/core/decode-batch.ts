import type { DecodedBatch } from './decoded-batch.ts'
import type { Definition } from './definition.ts'
import { engineDecodeBatch } from './engine/engine-decode-batch.ts'
import { planOf } from './engine/plan.ts'
import type { Lines } from './lines.ts'
import { referenceDecodeBatch } from './reference-decode-batch.ts'

/**
 * Decodes lines as `decodeEvent` does. `arrivedMs` holds for each line the time against which it is
 * checked how far ahead its event is dated; it is left out where lines were taken once already.
 *
 * The engine does it, unless the definition has something that it does not know. It comes to what the
 * reference does.
 */
export function decodeBatch(
  definition: Definition,
  lines: Lines,
  arrivedMs?: ArrayLike<number>,
): DecodedBatch {
  const plan = planOf(definition)
  return plan === undefined
    ? referenceDecodeBatch(definition, lines, arrivedMs)
    : engineDecodeBatch(plan, lines, arrivedMs)
}
