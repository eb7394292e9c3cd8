import type { Definition } from '../core/index.ts'
import { redriveFailedBatches } from './redrive-failed-batches.ts'
import type { RedriveOptions, RedriveStores } from './redrive-options.ts'
import { redriveRejects } from './redrive-rejects.ts'
import type { RedriveFigures } from './redrive-tally.ts'

/**
 * What waits to be put back, in the order in which it is. Rejects come first: those that a failed
 * batch leaves are none that could be taken, and are told of with their batch.
 */
export const redriveKinds = ['rejects', 'batches'] as const

export type RedriveKind = (typeof redriveKinds)[number]

export type RedriveResult = readonly [kind: RedriveKind, figures: RedriveFigures]

export interface RedriveKindsOptions extends Omit<RedriveOptions, 'onProgress'> {
  /** Told of objects done, of so many. */
  readonly onProgress: (kind: RedriveKind, done: number, total: number) => void
}

/** Puts back what waits of these kinds, one after the other. Throws StorageTrouble. */
export async function redrive(
  definition: Definition,
  stores: RedriveStores,
  kinds: readonly RedriveKind[],
  { onProgress, ...options }: RedriveKindsOptions,
): Promise<RedriveResult[]> {
  const results: RedriveResult[] = []
  for (const kind of kinds) {
    const redriveAll = kind === 'rejects' ? redriveRejects : redriveFailedBatches
    const figures = await redriveAll(definition, stores, {
      ...options,
      onProgress: (done, total) => onProgress(kind, done, total),
    })
    results.push([kind, figures])
  }
  return results
}
