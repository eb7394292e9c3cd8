/** How long after its end an hour is still taken from minute rows, in ms, where nothing else is said. */
export const defaultGraceMs = 300_000

/** Partitions that the minute rows of an hour are spread over. */
export const bucketCount = 16
