import type { beginHistoryFold } from '../../lib/core/begin-history-fold.ts'
import type { beginWindowFold } from '../../lib/core/begin-window-fold.ts'
import type { decodeBatch } from '../../lib/core/decode-batch.ts'
import { engineDecodeBatch } from '../../lib/core/engine/engine-decode-batch.ts'
import { EngineHistoryFold } from '../../lib/core/engine/engine-history-fold.ts'
import { EngineWindowFold } from '../../lib/core/engine/engine-window-fold.ts'
import { type Plan, planOf } from '../../lib/core/engine/plan.ts'
import { type Definition, ReferenceWindowFold } from '../../lib/core/index.ts'
import { referenceDecodeBatch } from '../../lib/core/reference-decode-batch.ts'
import { ReferenceHistoryFold } from '../../lib/core/reference-history-fold.ts'

export type DecodeBatch = typeof decodeBatch
export type BeginHistoryFold = typeof beginHistoryFold
export type BeginWindowFold = typeof beginWindowFold

/** What is compared: the second has to come to what the first does, bit for bit. */
export interface Pair<Implementation> {
  readonly reference: Implementation
  readonly engine: Implementation
}

export const batchDecoders: Pair<DecodeBatch> = {
  reference: referenceDecodeBatch,
  engine: (definition, ...lines) => engineDecodeBatch(knownPlan(definition), ...lines),
}

export const historyFolds: Pair<BeginHistoryFold> = {
  reference: (definition) => new ReferenceHistoryFold(definition),
  engine: (definition) => new EngineHistoryFold(knownPlan(definition)),
}

export const windowFolds: Pair<BeginWindowFold> = {
  reference: (options) => new ReferenceWindowFold(options),
  engine(options) {
    const definition = { ...options.definition, aggregations: [options.aggregation] }
    return new EngineWindowFold(knownPlan(definition), options)
  },
}

/** Every definition that is made here has to be one that the engine knows. */
function knownPlan(definition: Definition): Plan {
  const plan = planOf(definition)
  if (plan === undefined) throw new Error('The engine does not know the definition')
  return plan
}
