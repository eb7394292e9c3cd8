import {
  beginHistoryFold,
  beginWindowFold,
  decodeBatch,
  ReferenceWindowFold,
} from '../../lib/core/index.ts'
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
  engine: decodeBatch,
}

export const historyFolds: Pair<BeginHistoryFold> = {
  reference: (definition) => new ReferenceHistoryFold(definition),
  engine: beginHistoryFold,
}

export const windowFolds: Pair<BeginWindowFold> = {
  reference: (options) => new ReferenceWindowFold(options),
  engine: beginWindowFold,
}
