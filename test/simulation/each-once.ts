import type { Purchase } from '../oracle/purchase.ts'
import type { MemoryWorld } from '../support/world.ts'
import { heldEvents } from './held-events.ts'

const hourMs = 3_600_000

/**
 * Of those that share an id and an hour one. Where they differ in anything else, nobody can tell
 * from what was sent which of them counts: it is the one that history names first, of those sent.
 */
export async function eachOnce(
  purchases: readonly Purchase[],
  world: MemoryWorld,
): Promise<Purchase[]> {
  const byIdentity = Map.groupBy(purchases, identityOf)
  const named = new Map<string, string>()
  for await (const { purchase } of heldEvents(world)) {
    const identity = identityOf(purchase)
    if (!named.has(identity)) named.set(identity, contentOf(purchase))
  }
  return [...byIdentity].map(([identity, some]) => {
    const content = named.get(identity)
    return some.find((one) => contentOf(one) === content) ?? (some[0] as Purchase)
  })
}

const identityOf = ({ timeMs, transactionId }: Purchase) =>
  `${Math.floor(timeMs / hourMs)} ${transactionId}`

const contentOf = (purchase: Purchase) => Object.values(purchase).join(' ')
