export { acceptanceOf } from './acceptance.ts'
export * from './aggregation.ts'
export { beginHistoryFold } from './begin-history-fold.ts'
export { beginWindowFold } from './begin-window-fold.ts'
export { formatUnits, parseDecimal, type Units } from './decimal.ts'
export { decodeBatch } from './decode-batch.ts'
export { type DecodedEvent, decodeEvent } from './decode-event.ts'
export type { BatchFold, BatchTotal, DecodedBatch } from './decoded-batch.ts'
export {
  type Definition,
  type DefinitionSpec,
  definePipeline,
  type PipelineEvent,
} from './definition.ts'
export { definitionDifferences } from './definition-differences.ts'
export { EngineIsFull } from './engine/engine-instance.ts'
export type { MergedFold } from './engine/merged-fold.ts'
export {
  digestBytes,
  type FoldShare,
  type PieceFold,
  type PieceFoldOptions,
} from './engine/piece-fold.ts'
export { type DigestKeys, randomDigestKeys } from './engine/write-plan.ts'
export * from './fields/index.ts'
export { Fold, foldEvents, type MinuteTotal, type MinuteTotals } from './fold.ts'
export { beginPieceFold, canFoldPieces, mergeShares } from './fold-pieces.ts'
export { bucketOf } from './hash.ts'
export { type HistoryFold, type KeyMinute, keyMinute } from './history-fold.ts'
export { isBlank } from './is-blank.ts'
export { decodeKey, encodeKey } from './key.ts'
export { compareLeaders, type Leader, Leaders, leaderOf } from './leaders.ts'
export { Lines, wholeLines } from './lines.ts'
export * from './measures/index.ts'
export { ReferenceWindowFold } from './reference-window-fold.ts'
export { Reject, type RejectReason } from './reject.ts'
export { type RejectedLines, RejectTally } from './reject-tally.ts'
export { isSameDefinition } from './same-definition.ts'
export {
  alignRuns,
  type ChangedRow,
  changedRows,
  joinRuns,
  mergeRuns,
  type PartRow,
  type SortedRun,
} from './sorted-run.ts'
export { escapeSteering } from './steering-characters.ts'
export { hasOnlyNumbers, type TotalSyntax, type TotalTexts, textsOf } from './total-text.ts'
export type { WindowFold, WindowFoldOptions } from './window-fold.ts'
export type { WindowTotal } from './window-total.ts'
export * from './windows/index.ts'
