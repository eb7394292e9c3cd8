/** Writes one JSON object per line. Never given an event's content. */
export type Log = (level: 'info' | 'error', message: string, fields: LogFields) => void

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export function createLog(write: (line: string) => void): Log {
  return (level, message, fields) => write(`${JSON.stringify({ level, message, ...fields })}\n`)
}

/** An error with all its causes, in one text. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `; caused by ${describeError(error.cause)}`
  return `${error.name}: ${error.message}${cause}`
}
