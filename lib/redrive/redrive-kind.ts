/**
 * What waits to be put back, in the order in which it is. Rejects come first: those that a failed
 * batch leaves are none that could be taken, and are told of with their batch.
 */
export const redriveKinds = ['rejects', 'batches'] as const

export type RedriveKind = (typeof redriveKinds)[number]
