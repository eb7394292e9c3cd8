import type { Grain } from '../core/index.ts'

/** Why a query can't be answered as asked, for programs to go by. */
export type QueryProblem =
  | { readonly code: 'no-such-aggregation'; readonly asked: string; readonly names: string[] }
  | {
      readonly code: 'wrong-number-of-values'
      readonly aggregation: string
      readonly given: number
    }
  | { readonly code: 'not-a-number'; readonly field: string; readonly value: string }
  | { readonly code: 'too-many-decimals'; readonly field: string; readonly value: string }
  | { readonly code: 'out-of-range'; readonly field: string; readonly value: string }
  | { readonly code: 'not-a-period'; readonly asked: string; readonly timeZone: string }
  | { readonly code: 'empty-range'; readonly from: string; readonly to: string }
  | { readonly code: 'no-rows-of-grain'; readonly grain: Grain }
  | { readonly code: 'minutes-without-beginning' }
  | { readonly code: 'too-many-minutes'; readonly maxDays: number }
  | { readonly code: 'no-leaders'; readonly aggregation: string }
  | { readonly code: 'too-many-leaders'; readonly max: number }

/**
 * The query can't be answered as asked. The message says what is wrong with it, and nothing of how it
 * was asked: whoever took it from a person says what to write instead.
 */
export class BadQuery extends Error {
  override readonly name = 'BadQuery'
  readonly problem: QueryProblem

  constructor(problem: QueryProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

export const noRowsOf = (grain: Grain) =>
  new BadQuery(
    { code: 'no-rows-of-grain', grain },
    `rows are kept by minute, day, week and month, not ${grain}`,
  )
