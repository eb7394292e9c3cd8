import { compareSequenceNumbers } from './sequence-number.ts'
import type { StreamRecord } from './stream-record.ts'

/** Records that are to be given to the function together, and what came of them so far. */
export type Attempt = {
  readonly records: readonly StreamRecord[]
  /** How often the function was called with these records, in this cut or a larger one. */
  readonly invocations: number
  /** How many of the allowed retries are used up. */
  readonly retries: number
}

export type RetryRules = {
  readonly reportBatchItemFailures: boolean
  readonly bisectOnError: boolean
  /** -1 for no end. */
  readonly maxRetries: number
  /** The pause before the first retry; it doubles with each. */
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'returned'; readonly response: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }

export type Decision = {
  /** This many records, from the first on, are done. */
  readonly done: number
  /** The records after those, given up for good; then `next` starts behind them. */
  readonly givenUp: readonly StreamRecord[]
  /** What is left, to be tried in this order. */
  readonly next: readonly Attempt[]
  /** The pause before the first of `next`. */
  readonly delayMs: number
}

export function firstAttempt(records: readonly StreamRecord[]): Attempt {
  return { records, invocations: 0, retries: 0 }
}

/**
 * What Lambda does with a batch after its function was called: done, tried again whole, from a
 * checkpoint or in halves, or given up. To cut a batch uses up no retry; to repeat a cut does.
 */
export function decide(attempt: Attempt, outcome: Outcome, rules: RetryRules): Decision {
  const { records } = attempt
  const done = countDone(records, outcome, rules)
  if (done === records.length) return { done, givenUp: [], next: [], delayMs: 0 }

  const invocations = attempt.invocations + 1
  const rest: Attempt = { records: records.slice(done), invocations, retries: attempt.retries }
  if (rules.bisectOnError) {
    // A checkpoint is itself the cut, and only what lies behind it is tried again.
    if (done > 0) return { done, givenUp: [], next: [rest], delayMs: 0 }
    if (records.length > 1) return { done, givenUp: [], next: halves(rest), delayMs: 0 }
  }
  const retries = attempt.retries + 1
  if (rules.maxRetries >= 0 && retries > rules.maxRetries) {
    return { done, givenUp: rest.records, next: [], delayMs: 0 }
  }
  return { done, givenUp: [], next: [{ ...rest, retries }], delayMs: retryDelayMs(retries, rules) }
}

/** The records that are too old to be tried, from the first on, and the rest. */
export function splitExpired(
  attempt: Attempt,
  maxRecordAgeMs: number | undefined,
  nowMs: number,
): { readonly expired: readonly StreamRecord[]; readonly rest: Attempt } {
  const { records } = attempt
  const isFresh = ({ arrivalMs }: StreamRecord) =>
    maxRecordAgeMs === undefined || nowMs - arrivalMs <= maxRecordAgeMs
  const firstFresh = records.findIndex(isFresh)
  const count = firstFresh === -1 ? records.length : firstFresh
  return {
    expired: records.slice(0, count),
    rest: count === 0 ? attempt : { ...attempt, records: records.slice(count) },
  }
}

function halves(attempt: Attempt): Attempt[] {
  const middle = Math.ceil(attempt.records.length / 2)
  return [
    { ...attempt, records: attempt.records.slice(0, middle) },
    { ...attempt, records: attempt.records.slice(middle) },
  ]
}

function retryDelayMs(retries: number, rules: RetryRules): number {
  return Math.min(rules.retryMaxMs, rules.retryBaseMs * 2 ** (retries - 1))
}

function countDone(records: readonly StreamRecord[], outcome: Outcome, rules: RetryRules): number {
  if (outcome.kind === 'failed') return 0
  if (!rules.reportBatchItemFailures) return records.length
  const failed = failedSequenceNumbers(outcome.response)
  if (failed === undefined) return 0
  const indexes = failed.map((id) =>
    records.findIndex((record) => compareSequenceNumbers(record.sequenceNumber, id) === 0),
  )
  // An id that is not in the batch gives -1: the response is not about this batch at all.
  return indexes.includes(-1) ? 0 : Math.min(records.length, ...indexes)
}

/** The ids of a response, or `undefined` for one that Lambda takes as a failure of the batch. */
function failedSequenceNumbers(response: unknown): readonly string[] | undefined {
  if (response === null || response === undefined) return []
  if (typeof response !== 'object' || Array.isArray(response)) return undefined
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures
  if (failures === null || failures === undefined) return []
  if (!Array.isArray(failures)) return undefined
  const ids = failures.map(
    (failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier,
  )
  return ids.every((id): id is string => typeof id === 'string' && /^\d+$/.test(id))
    ? ids
    : undefined
}
