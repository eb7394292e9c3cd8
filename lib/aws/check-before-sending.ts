import type { CheckBeforeWrite } from './table.ts'

/** Behind the SDK's own retries, and the last before the wire. */
export const beforeSending = { step: 'finalizeRequest', priority: 'low', name: 'check' } as const

/**
 * A middleware of a command that calls the check right before each time that it is sent, where it is
 * added at `beforeSending`. The SDK waits between its attempts, and a machine may sleep in that wait.
 */
export function calling(check: CheckBeforeWrite) {
  return <Request, Answer>(next: (request: Request) => Promise<Answer>) =>
    (request: Request) => {
      check()
      return next(request)
    }
}

/** Writes with the check, and throws what that throws in place of the trouble that it comes out as. */
export async function writeChecked<Answer>(
  check: CheckBeforeWrite | undefined,
  write: (check: CheckBeforeWrite) => Promise<Answer>,
): Promise<Answer> {
  let failed: { readonly cause: unknown } | undefined
  const noting = () => {
    try {
      check?.()
    } catch (cause) {
      failed = { cause }
      throw cause
    }
  }
  try {
    return await write(noting)
  } catch (error) {
    throw failed === undefined ? error : failed.cause
  }
}
