import type { Definition } from '../core/index.ts'
import { redriveFailedBatches } from './redrive-failed-batches.ts'
import type { RedriveKind } from './redrive-kind.ts'
import type { RedriveOptions, RedriveStores } from './redrive-options.ts'
import { redriveRejects } from './redrive-rejects.ts'
import type { RedriveFigures } from './redrive-tally.ts'

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
