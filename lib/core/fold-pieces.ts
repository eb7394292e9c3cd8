import { MergedFold } from './engine/merged-fold.ts'
import { type FoldShare, PieceFold, type PieceFoldOptions } from './engine/piece-fold.ts'
import { type Plan, planOf } from './engine/plan.ts'
import type { WindowFoldOptions } from './window-fold.ts'

type Folded = Pick<WindowFoldOptions, 'definition' | 'aggregation'>

const planFor = ({ definition, aggregation }: Folded): Plan | undefined =>
  planOf({ ...definition, aggregations: [aggregation] })

/** Whether the engine knows all that the definition has; otherwise pieces cannot be folded apart. */
export const canFoldPieces = (folded: Folded): boolean => planFor(folded) !== undefined

/** Begins a fold of some pieces of a text, of which `canFoldPieces` says so. */
export function beginPieceFold(options: PieceFoldOptions): PieceFold {
  return new PieceFold(knownPlan(options), options)
}

/** What all pieces of a text come to. */
export function mergeShares(options: WindowFoldOptions, shares: readonly FoldShare[]): MergedFold {
  return new MergedFold(knownPlan(options), options, shares)
}

function knownPlan(folded: Folded): Plan {
  const plan = planFor(folded)
  if (plan === undefined) throw new RangeError('The engine does not know this definition')
  return plan
}
