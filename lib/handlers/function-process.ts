import type { Environment } from '../deployment/environment.ts'

/** What a function has of the process that it runs in. */
export interface FunctionProcess {
  readonly environment: Environment
  readonly nowMs: () => number
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number
  /** A text that was never made before. */
  readonly newToken: () => string
  /** Gets the log, a line at a time. */
  readonly write: (line: string) => void
}
