import type { Definition } from './definition.ts'
import { EngineHistoryFold } from './engine/engine-history-fold.ts'
import { planOf } from './engine/plan.ts'
import type { HistoryFold } from './history-fold.ts'
import { ReferenceHistoryFold } from './reference-history-fold.ts'

/**
 * Begins to fold an hour of history, by the engine unless the definition has something that it does not
 * know. Holds digests of the hour's ids and its totals in memory.
 */
export function beginHistoryFold(definition: Definition): HistoryFold {
  const plan = planOf(definition)
  return plan === undefined ? new ReferenceHistoryFold(definition) : new EngineHistoryFold(plan)
}
