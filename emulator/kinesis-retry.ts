import { setTimeout as sleep } from 'node:timers/promises'

const throttlings = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
  'ThrottlingException',
])

const baseDelayMs = 100
const maxDelayMs = 5_000

/** How long Kinesis may be out of reach. */
const unreachableMs = 30_000

/**
 * Calls Kinesis again while it is too busy, and for half a minute while it is out of reach. Other
 * errors, and being told to stop, are thrown at once.
 */
export async function untilAnswered<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let unreachableSince: number | undefined
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (signal?.aborted) throw error
      if (!isThrottling(error)) {
        unreachableSince ??= performance.now()
        const lasts = performance.now() - unreachableSince
        if (!isTransient(error) || lasts > unreachableMs) throw error
      }
    }
    // Half of the pause is left to chance, so that callers do not come back all at once.
    const delayMs = Math.min(maxDelayMs, baseDelayMs * 2 ** attempt)
    await sleep(
      delayMs * (0.5 + Math.random() / 2),
      undefined,
      signal === undefined ? {} : { signal },
    )
  }
}

function isThrottling(error: unknown): boolean {
  return error instanceof Error && throttlings.has(error.name)
}

function isTransient(error: unknown): boolean {
  const { $metadata, code, name } = error as {
    $metadata?: { httpStatusCode?: number }
    code?: unknown
    name?: unknown
  }
  // An answer that broke off has the status of its headers, which says nothing of the rest.
  if (name === 'TimeoutError' || (typeof code === 'string' && /^E[A-Z]+$/.test(code))) return true
  return ($metadata?.httpStatusCode ?? 0) >= 500
}
