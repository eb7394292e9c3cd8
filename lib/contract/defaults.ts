export { defaultGraceMs } from './environment.ts'

/** Partitions that the minute rows of an hour are spread over. */
export const bucketCount = 16
