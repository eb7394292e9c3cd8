import { EngineWindowFold } from './engine/engine-window-fold.ts'
import { planOf } from './engine/plan.ts'
import { ReferenceWindowFold } from './reference-window-fold.ts'
import type { WindowFold, WindowFoldOptions } from './window-fold.ts'

/** Begins a fold of text, by the engine unless the definition has something that it does not know. */
export function beginWindowFold(options: WindowFoldOptions): WindowFold {
  const plan = planOf({ ...options.definition, aggregations: [options.aggregation] })
  return plan === undefined ? new ReferenceWindowFold(options) : new EngineWindowFold(plan, options)
}
