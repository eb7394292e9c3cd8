import { prefixes } from '../contract/prefixes.ts'
import type { PartRow } from '../core/index.ts'
import type { SendingWatch } from '../store/table.ts'
import { AttemptWatch } from './attempt-watch.ts'
import type { Attempt, RegisteredPart, UnitParts } from './part-registry.ts'
import { checkTime, marginMs, type RollupContext, whileInTime } from './rollup-context.ts'

/** What the objects of a unit's parts are named by. */
export interface UnitOfParts {
  readonly kind: string
  readonly unit: string
  /** Every part that an attempt at the unit may write, the same at each attempt. */
  readonly names: readonly string[]
  /**
   * Whether rows of a table are made from the parts, so that attempts that were cut short are
   * compared with. Such a unit has one part.
   */
  readonly hasRows: boolean
}

/** One unit's parts, to be written anew. */
export interface Replacement extends UnitOfParts {
  /** The unit as it was read before any of the inputs were. */
  readonly before: UnitParts
  /** A part's rows, sorted by key; undefined where it has none. */
  rows(name: string): AsyncIterable<PartRow> | Iterable<PartRow> | undefined
  /** Called once the attempt is marked, before anything else is written. */
  onBegun?(watch: SendingWatch): Promise<void>
  /**
   * Takes the new parts to whatever is made from them: rows of tables, marks on coarser periods.
   * Called once all parts are written and before they are current, so that it is called again
   * should it not come to its end. `unfinished` are the objects of attempts that were cut short.
   * What no condition guards is written with the watch.
   */
  publish(
    next: readonly RegisteredPart[],
    before: readonly RegisteredPart[],
    unfinished: readonly string[],
    watch: SendingWatch,
  ): Promise<void>
}

/** Why a unit has to stay marked as changed, to be looked at again when that is over. */
export interface Replaced {
  /** Neither is so. */
  readonly settled: boolean
  /** Another attempt may be alive, and write over what this one wrote. */
  readonly othersAlive: boolean
}

/**
 * Replaces a unit's parts: mark the attempt, write the parts, publish, make them current. Cut short
 * anywhere, the mark stays, and the next attempt rewrites whatever either may have touched.
 *
 * The unit is not settled while another attempt may be alive, or while a sending of this one that got
 * no answer may still be applied. Throws Superseded where another run has begun the same unit since,
 * OutOfTime, StorageTrouble, or what the replacement's own functions throw.
 */
export async function replaceParts(
  context: RollupContext,
  replacement: Replacement,
): Promise<Replaced> {
  const { kind, unit, before } = replacement
  const attempt = newAttempt(context)
  checkTime(context)
  const begun = await context.stores.registry.begin(kind, unit, before, attempt)
  try {
    return await writeAndCommit(context, replacement, begun, attempt)
  } catch (failure) {
    await endEarly(context, replacement, begun, attempt)
    throw failure
  }
}

async function writeAndCommit(
  context: RollupContext,
  replacement: Replacement,
  begun: UnitParts,
  attempt: Attempt,
): Promise<Replaced> {
  const { registry, parts } = context.stores
  const { kind, unit } = replacement
  const others = begun.attempts.slice(0, -1)
  // Whoever may be alive as the first row is written may write over it, however late this commits.
  const alive = others.filter((other) => isAlive(context, other))
  const unfinished = others.flatMap((other) => objectKeysOf(replacement, other))

  const watch = new AttemptWatch(context)
  await replacement.onBegun?.(watch)
  const written = await writeParts(context, replacement, attempt)
  const isReplaced =
    context.rewrite ||
    !sameParts(written, begun.current) ||
    !(await areThere(context, replacement, begun.current))
  if (isReplaced || unfinished.length > 0) {
    await replacement.publish(written, begun.current, unfinished, watch)
  }
  const current = isReplaced ? written : begun.current
  const attempts = [...alive, ...(watch.mayComeLate ? [endedNow(context, attempt)] : [])]
  const ofAttempts = attempts.flatMap((other) => objectKeysOf(replacement, other))
  const kept = new Set([...current.map(keyOfPart), ...ofAttempts])
  const own = objectKeysOf(replacement, attempt)
  const known = [...own, ...unfinished, ...begun.current.map(keyOfPart)]
  const replaced = known.filter((objectKey) => !kept.has(objectKey))
  // What an earlier attempt replaced is there no more, unless that one was cut short at this.
  await parts.remove(begun.replaced)
  const next = { current, attempts, replaced, committedMs: context.nowMs() }
  // Too late, coarser periods may have been merged without these parts, and their marks be cleared.
  await registry.commit(kind, unit, begun, next, watch)
  await parts.remove(replaced)
  return { settled: attempts.length === 0, othersAlive: alive.length > 0 }
}

/**
 * An attempt that failed has no write of a table under way and sends no more, so others need not wait
 * until its run would have been over. Where this fails as well, they do, as for a run that was killed;
 * what the attempt failed with is the better thing to tell.
 */
async function endEarly(
  context: RollupContext,
  { kind, unit }: UnitOfParts,
  begun: UnitParts,
  attempt: Attempt,
): Promise<void> {
  const ended = endedNow(context, attempt)
  if (ended.deadlineMs >= attempt.deadlineMs) return
  const attempts = [...begun.attempts.slice(0, -1), ended]
  const { registry } = context.stores
  await registry.commit(kind, unit, begun, { ...begun, attempts }).catch(() => undefined)
}

/** An attempt that sends no more, until all that it has sent is applied or never is. */
function endedNow({ nowMs }: RollupContext, attempt: Attempt): Attempt {
  return { ...attempt, deadlineMs: Math.min(attempt.deadlineMs, nowMs() + marginMs) }
}

const keyOfPart = ({ objectKey }: RegisteredPart) => objectKey

export function newAttempt({ newToken, deadlineMs }: RollupContext): Attempt {
  return { token: newToken(), deadlineMs: deadlineMs + marginMs }
}

/** Where an attempt at a unit writes the part of a name, if it has one. */
export function objectKeyOf({ kind, unit }: UnitOfParts, name: string, { token }: Attempt): string {
  const folder = folderOf({ kind, unit })
  return `${folder}${name === '' ? '' : `${name.replaceAll('#', '/')}/`}${token}.ndjson.gz`
}

/** Holds the objects of all attempts at a unit, and of no other. */
export function folderOf({ kind, unit }: Pick<UnitOfParts, 'kind' | 'unit'>): string {
  return `${prefixes.parts}${kind}/${unit.replaceAll('#', '/')}/`
}

export function objectKeysOf(unit: UnitOfParts, attempt: Attempt): string[] {
  return unit.names.map((name) => objectKeyOf(unit, name, attempt))
}

/** Whether parts of a unit are in the bucket, all of them. */
export async function areThere(
  { stores }: RollupContext,
  unit: Pick<UnitOfParts, 'kind' | 'unit'>,
  parts: readonly RegisteredPart[],
): Promise<boolean> {
  if (parts.length === 0) return true
  const there = new Set(await Array.fromAsync(stores.parts.list(folderOf(unit))))
  return parts.every(({ objectKey }) => there.has(objectKey))
}

/** Whether parts that are current are of an attempt, which then makes no others current. */
export function isCommitted({ current }: UnitParts, { token }: Attempt): boolean {
  return current.some(({ objectKey }) => objectKey.endsWith(`/${token}.ndjson.gz`))
}

/** Whether an attempt that has not come to its end may still do so. */
export function isAlive(
  context: RollupContext,
  attempt: Attempt,
  nowMs = context.nowMs(),
): boolean {
  return !context.alone && attempt.deadlineMs > nowMs
}

async function writeParts(
  context: RollupContext,
  replacement: Replacement,
  attempt: Attempt,
): Promise<RegisteredPart[]> {
  const written: RegisteredPart[] = []
  for (const name of replacement.names) {
    const rows = replacement.rows(name)
    if (rows === undefined) continue
    const objectKey = objectKeyOf(replacement, name, attempt)
    const inTime = whileInTime(context, rows)
    written.push({ name, objectKey, ...(await context.stores.parts.write(objectKey, inTime)) })
  }
  return written
}

function sameParts(a: readonly RegisteredPart[], b: readonly RegisteredPart[]): boolean {
  return a.length === b.length && a.every((part) => digestOf(b, part.name) === part.digest)
}

export function digestOf(parts: readonly RegisteredPart[], name: string): string | undefined {
  return parts.find((part) => part.name === name)?.digest
}
