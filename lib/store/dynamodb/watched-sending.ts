import type { SendingWatch } from '../table.ts'

/** Behind the SDK's own retries, and the last before the wire. */
export const eachSending = { step: 'finalizeRequest', priority: 'low', name: 'watch' } as const

/**
 * A middleware of a command that tells the watch of each time that it is sent, where it is added at
 * `eachSending`. The SDK waits between its attempts, and a machine may sleep in that wait.
 */
export function telling(watch: SendingWatch) {
  return <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    async (request: Request) => {
      watch.before()
      try {
        return await next(request)
      } catch (error) {
        if (isInDoubt(error)) watch.inDoubt()
        throw error
      }
    }
}

/** No answer came, or one of a server that does not know either. */
function isInDoubt(error: unknown): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  return status === undefined || status >= 500
}

/** Writes with the watch, and throws what that throws in place of the trouble that it comes out as. */
export async function writeWatched<Answer>(
  watch: SendingWatch | undefined,
  write: (watch: SendingWatch) => Promise<Answer>,
): Promise<Answer> {
  let failed: { readonly cause: unknown } | undefined
  const before = () => {
    try {
      watch?.before()
    } catch (cause) {
      failed = { cause }
      throw cause
    }
  }
  try {
    return await write({ before, inDoubt: () => watch?.inDoubt() })
  } catch (error) {
    throw failed === undefined ? error : failed.cause
  }
}
