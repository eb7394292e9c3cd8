import { beginHistoryFold, decodeBatch } from '../../lib/core/index.ts'

export type DecodeBatch = typeof decodeBatch
export type BeginHistoryFold = typeof beginHistoryFold

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
