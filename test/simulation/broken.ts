import type { Failure } from './failure.ts'

/** What must hold at every moment does not. */
export class Broken extends Error {
  override readonly name = 'Broken'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** What a schedule failed with, whatever was thrown. */
export function failureOf(error: unknown): Failure {
  return error instanceof Broken ? error.failure : { message: describe(error), about: [] }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${describe(error.cause)})`
  return `${error.stack ?? error.message}${cause}`
}
