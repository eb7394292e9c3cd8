import type { Unit } from '../ledger/changed-units.ts'
import type { RegisteredPart } from './part-registry.ts'
import { areThere } from './replace-parts.ts'
import type { RollupContext } from './rollup-context.ts'

/**
 * A current part is not in the bucket: somebody deleted it, or restored a ledger whose parts were
 * replaced since. Its unit was marked, and the next runs make it anew.
 */
export class PartLost extends Error {
  override readonly name = 'PartLost'
}

/** A current part of an hour or day that a coarser period is merged from. */
export interface FinerPart {
  readonly unit: Unit
  /** The unit's name in the registry of parts. */
  readonly registeredAs: string
  readonly part: RegisteredPart
}

/**
 * Marks the units of all parts that were lost, so that as few runs as possible find one. Those that
 * another run has replaced are not. Throws PartLost where there is one, or StorageTrouble.
 */
export async function markLostParts(
  context: RollupContext,
  finer: readonly FinerPart[],
): Promise<void> {
  const found = await Promise.all(finer.map((one) => isLost(context, one)))
  const lost = finer.filter((_, index) => found[index])
  const [first] = lost
  if (first === undefined) return
  const units = lost.map(({ unit }) => unit)
  await context.stores.changed.mark(units, context.nowMs())
  throw new PartLost(
    `${lost.length} current parts are gone, ${first.part.objectKey} among them; they are made anew`,
  )
}

async function isLost(
  context: RollupContext,
  { unit: { kind }, registeredAs, part }: FinerPart,
): Promise<boolean> {
  if (await areThere(context, { kind, unit: registeredAs }, [part])) return false
  // Objects of parts have a name of their own each time: what is gone and current stays gone.
  const { current } = await context.stores.registry.read(kind, registeredAs)
  return current.some(({ objectKey }) => objectKey === part.objectKey)
}
