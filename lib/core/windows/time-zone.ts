/** The name is not one of the IANA time zone database (or of this runtime's copy of it). */
export class UnknownTimeZone extends Error {
  override readonly name = 'UnknownTimeZone'

  constructor(timeZone: string, cause: unknown) {
    super(`No IANA time zone is named ${JSON.stringify(timeZone)}`, { cause })
  }
}

/** Throws UnknownTimeZone. Does without the calendar, so that the stream function need not load it. */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw new UnknownTimeZone(timeZone, cause)
  }
}
