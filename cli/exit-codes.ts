/** The command could not be done, or what it was to prove does not hold. */
export const exitFailed = 1

/** The command was asked for in a wrong way. */
export const exitWrongUsage = 2
