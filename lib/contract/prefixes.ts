/** The folders of the bucket, and who writes there. */
export const prefixes = {
  /** stream-aggregate: every event, by the hour of its event time. */
  history: 'history/',
  /** stream-aggregate: records that it refused, with the reason. Verify reads them. */
  rejected: 'rejected/',
  /** Lambda itself: batches that it gave up on. Lambda chooses the name; verify reads them. */
  failedBatches: 'aws/lambda/',
  /** Whoever runs `twofold redrive`: what was put back, as it was found. Nothing reads it. */
  redriven: 'redriven/',
  /** batch-rollup: sorted totals of hours and periods. */
  parts: 'parts/',
  /** batch-rollup and Step Functions: the units of a backfill and what came of them. */
  backfill: 'backfill/',
} as const
