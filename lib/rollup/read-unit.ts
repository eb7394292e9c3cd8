import { joinRuns } from '../core/index.ts'
import { AttemptWatch } from './attempt-watch.ts'
import type { Attempt, UnitParts } from './part-registry.ts'
import {
  folderOf,
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
 * again and again would outgrow its ledger item, and have more parts to compare with each time. So
 * where they are many, those that wrote no part are left out, and the others joined. Throws
 * StorageTrouble, Superseded, OutOfTime or PartGone.
 */
export async function readUnit(context: RollupContext, unit: UnitOfParts): Promise<UnitParts> {
  const { registry, parts } = context.stores
  let read = await registry.read(unit.kind, unit.unit)
  for (;;) {
    const dead = read.attempts.filter((attempt) => !isAlive(context, attempt))
    if (dead.length < joinedAtOnce) return read
    const there = new Set(await Array.fromAsync(parts.list(folderOf(unit))))
    // Rows are written only after the part is: nothing else was written by these.
    const partless = dead.filter((attempt) => {
      return !objectKeysOf(unit, attempt).some((objectKey) => there.has(objectKey))
    })
    read = { ...read, attempts: without(read.attempts, partless) }
    const toJoin = without(dead, partless).slice(0, joinedAtOnce)
    if (toJoin.length < joinedAtOnce) return read
    read = await joinAttempts(context, unit, read, toJoin)
  }
}

function without(attempts: readonly Attempt[], others: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt) => !others.includes(attempt))
}

/**
 * Puts one attempt in the place of several; none where nobody compares with their parts. Throws
 * StorageTrouble, Superseded, OutOfTime or PartGone.
 */
async function joinAttempts(
  context: RollupContext,
  unit: UnitOfParts,
  before: UnitParts,
  dead: readonly Attempt[],
): Promise<UnitParts> {
  const { registry, parts } = context.stores
  checkTime(context)
  let begun = before
  const joined: Attempt[] = []
  if (unit.hasRows) {
    // Marked like any other while it is written, and able to write no more after that.
    const attempt = newAttempt(context)
    begun = await registry.begin(unit.kind, unit.unit, before, attempt)
    for (const name of unit.names) await joinParts(context, unit, name, dead, attempt)
    joined.push({ ...attempt, deadlineMs: context.nowMs() })
  }
  await parts.remove(begun.replaced)
  // An attempt of which something may come late is marked although its parts are current.
  const current = new Set(before.current.map(({ objectKey }) => objectKey))
  const objectKeys = dead.flatMap((attempt) => objectKeysOf(unit, attempt))
  const replaced = objectKeys.filter((objectKey) => !current.has(objectKey))
  const attempts = [...joined, ...without(before.attempts, dead)]
  const next = { ...begun, attempts, replaced }
  const committed = await registry.commit(
    unit.kind,
    unit.unit,
    begun,
    next,
    new AttemptWatch(context),
  )
  await parts.remove(replaced)
  return committed
}

async function joinParts(
  context: RollupContext,
  unit: UnitOfParts,
  name: string,
  dead: readonly Attempt[],
  joined: Attempt,
): Promise<void> {
  const { parts } = context.stores
  const objectKeys = dead.map((attempt) => objectKeyOf(unit, name, attempt))
  const runs = objectKeys.map((objectKey) => parts.read(objectKey))
  await parts.write(objectKeyOf(unit, name, joined), whileInTime(context, joinRuns(runs)))
}
