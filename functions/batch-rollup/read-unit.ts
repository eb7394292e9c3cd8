import type { Attempt, UnitParts } from '../../lib/aws/ledger/part-registry.ts'
import { joinRuns } from '../../lib/core/index.ts'
import {
  isAlive,
  newAttempt,
  objectKeyOf,
  objectKeysOf,
  type UnitOfParts,
} from './replace-parts.ts'
import { checkTime, type RollupContext, whileInTime } from './rollup-context.ts'

/** As many marks of attempts that were cut short are made one. */
const joinedAtOnce = 4

/**
 * Reads a unit before its inputs are. Were its dead attempts left as they are, a unit that fails
 * again and again would outgrow its ledger item, and have more parts to compare with each time: so
 * they are joined where they are many. Throws Superseded.
 */
export async function readUnit(context: RollupContext, unit: UnitOfParts): Promise<UnitParts> {
  let parts = await context.stores.registry.read(unit.kind, unit.unit)
  for (;;) {
    const dead = parts.attempts.filter((attempt) => !isAlive(context, attempt))
    if (dead.length < joinedAtOnce) return parts
    parts = await joinAttempts(context, unit, parts, dead.slice(0, joinedAtOnce))
  }
}

/**
 * Puts one attempt in the place of several: its parts stand for theirs. It is marked like any other
 * while they are written, and they are there for the next one until it stands for them.
 */
async function joinAttempts(
  context: RollupContext,
  unit: UnitOfParts,
  before: UnitParts,
  dead: readonly Attempt[],
): Promise<UnitParts> {
  const { registry, parts } = context.stores
  const joined = newAttempt(context)
  checkTime(context)
  const begun = await registry.begin(unit.kind, unit.unit, before, joined)
  for (const name of unit.names) await joinParts(context, unit, name, dead, joined)
  await parts.remove(begun.replaced)
  checkTime(context)
  const others = before.attempts.filter((attempt) => !dead.includes(attempt))
  const replaced = dead.flatMap((attempt) => objectKeysOf(unit, attempt))
  const committed = await registry.commit(unit.kind, unit.unit, begun, {
    ...begun,
    // All of it is written.
    attempts: [{ ...joined, deadlineMs: context.nowMs() }, ...others],
    replaced,
  })
  await parts.remove(replaced)
  return committed
}

/** An attempt whose part is not there has come to write no row of it either. */
async function joinParts(
  context: RollupContext,
  unit: UnitOfParts,
  name: string,
  dead: readonly Attempt[],
  joined: Attempt,
): Promise<void> {
  const { parts } = context.stores
  const objectKeys = dead.map((attempt) => objectKeyOf(unit, name, attempt))
  const runs = await Promise.all(objectKeys.map((objectKey) => parts.readIfThere(objectKey)))
  const found = runs.filter((run) => run !== undefined)
  if (found.length === 0) return
  await parts.write(objectKeyOf(unit, name, joined), whileInTime(context, joinRuns(found)))
}
