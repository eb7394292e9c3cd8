import { beginHistoryFold, beginWindowFold, decodeBatch } from '../../lib/core/index.ts'

export type DecodeBatch = typeof decodeBatch
export type BeginHistoryFold = typeof beginHistoryFold
export type BeginWindowFold = typeof beginWindowFold

/** What is compared: the second has to come to what the first does, bit for bit. */
export interface Pair<Implementation> {
  readonly reference: Implementation
  readonly engine: Implementation
}

export const batchDecoders: Pair<DecodeBatch> = { reference: decodeBatch, engine: decodeBatch }

export const historyFolds: Pair<BeginHistoryFold> = {
  reference: beginHistoryFold,
  engine: beginHistoryFold,
}

export const windowFolds: Pair<BeginWindowFold> = {
  reference: beginWindowFold,
  engine: beginWindowFold,
}
