import type { PartRow } from '../core/index.ts'
import { invariant } from '../core/invariant.ts'
import { isOfAttempt, partObjectKey } from '../ledger/unit.ts'
import type { SendingWatch } from '../store/table.ts'
import { type Comparison, compareParts } from './comparison.ts'
import { type Deadline, marginMs } from './deadline.ts'
import type { AttemptMark, PartRegistry, RegisteredPart, UnitParts } from './part-registry.ts'
import { type Parts, partEnding } from './parts.ts'
import { objectKeysOf, registered, type UnitOfParts } from './unit-of-parts.ts'

/*
 * How the parts of a unit are replaced, and what must hold whatever fails, wherever it is cut short:
 *
 * 1. A unit is read before its inputs are, and an attempt begins from what was read. So no attempt
 *    makes parts current that were made from older inputs than those that it replaces.
 *    (mutants: "registry of an hour read after its inputs", "registry of a period read after its inputs")
 * 2. An attempt is marked before anything of it is written, so whoever comes next knows of it.
 *    (mutant: "an attempt that is not marked")
 * 3. Which other attempts may be alive is asked before the first write: each of them may write over it.
 *    (test/rollup/late-sendings.test.ts)
 * 4. What the other marked attempts may have written is compared with, as are the current parts.
 *    (mutants: "the mark of an unfinished write ignored", "all dead attempts taken for partless")
 * 5. What no condition guards is not sent once the time is over.
 *    (mutants: "a run writes on past its deadline", "parts made current past the deadline")
 * 6. Parts become current only once what is made from them is up to date: rows of tables, and marks of
 *    coarser periods.
 *    (mutants: "part replaced before its rows are written", "parts of an hour before the marks of days")
 * 7. A mark stays for as long as anything of its attempt may still be applied.
 *    (mutant: "the mark of a sending in doubt forgotten")
 * 8. No object is removed that a current part or a mark names.
 *    (mutant: "objects of marked attempts removed")
 */

/** What attempts are made with, the same for all of one invocation. */
export interface AttemptTools {
  readonly registry: PartRegistry
  readonly parts: Parts
  readonly deadline: Deadline
  /** Another text each time, on every machine. */
  readonly newToken: () => string
  /** The caller knows that no other process is alive, whatever the marks of attempts say. */
  readonly soleProcess: boolean
  /** Whether all rows are written, also those that should be in the table already. */
  readonly rewrite: boolean
}

/** Why a unit has to stay marked as changed, to be looked at again when that is over. */
export interface Settlement {
  /** Neither is so. */
  readonly settled: boolean
  /** Another attempt may be alive, and write over what this one wrote. */
  readonly othersAlive: boolean
}

/** Whether an attempt that has not come to its end may still do so. */
export function mayBeAlive(
  { soleProcess }: Pick<AttemptTools, 'soleProcess'>,
  mark: AttemptMark,
  nowMs: number,
): boolean {
  return !soleProcess && mark.deadlineMs > nowMs
}

export function newMark({ newToken, deadline }: AttemptTools): AttemptMark {
  return { token: newToken(), ending: partEnding, deadlineMs: deadline.overMs }
}

/** Whether parts that are current are of an attempt, which then makes no others current. */
export function isCommitted({ current }: UnitParts, attempt: AttemptMark): boolean {
  return current.some(({ objectKey }) => isOfAttempt(objectKey, attempt))
}

const keyOfPart = ({ objectKey }: RegisteredPart) => objectKey

/**
 * One attempt at replacing a unit's parts: write the parts, compare them, bring what is made from them
 * up to date, commit. To be held with `await using`: one that does not come to its commit is ended, so
 * that others need not wait until its run would have been over.
 */
export class Attempt implements AsyncDisposable {
  readonly #tools: AttemptTools
  readonly #unit: UnitOfParts
  readonly #begun: UnitParts
  readonly #mark: AttemptMark
  /** Others at the same unit that had not come to their end, oldest first. */
  readonly #others: readonly AttemptMark[]
  readonly #alive: readonly AttemptMark[]
  readonly #written: RegisteredPart[] = []
  #mayComeLate = false
  #isCommitted = false

  /** `begun` is the unit with the attempt's own mark, the last. */
  constructor(tools: AttemptTools, unit: UnitOfParts, begun: UnitParts, mark: AttemptMark) {
    invariant(begun.attempts.at(-1)?.token === mark.token, 'An attempt is marked before it writes')
    this.#tools = tools
    this.#unit = unit
    this.#begun = begun
    this.#mark = mark
    this.#others = begun.attempts.slice(0, -1)
    const nowMs = tools.deadline.nowMs()
    this.#alive = this.#others.filter((other) => mayBeAlive(tools, other, nowMs))
  }

  /** To be handed to every write that no condition guards. What it throws is OutOfTime. */
  readonly watch: SendingWatch = {
    before: () => this.#tools.deadline.check(),
    inDoubt: () => {
      this.#mayComeLate = true
    },
  }

  /** The names of the parts that there may be. */
  get partNames(): readonly string[] {
    return this.#unit.parts
  }

  /** Writes the part of a name. Throws OutOfTime, StorageTrouble, or what the rows throw. */
  async write(name: string, rows: AsyncIterable<PartRow> | Iterable<PartRow>): Promise<void> {
    const { parts, deadline } = this.#tools
    const objectKey = partObjectKey(this.#unit.unit, name, this.#mark)
    const content = await parts.write(objectKey, deadline.inTime(rows))
    this.#written.push({ name, objectKey, ...content })
  }

  /** Compares what was written with what is current, and with what others may have made of it. */
  compare(): Promise<Comparison> {
    const { rewrite, parts } = this.#tools
    return compareParts({
      parts,
      unit: this.#unit,
      written: this.#written,
      current: this.#begun.current,
      unfinished: this.#objectsOfOthers(),
      rewrite,
    })
  }

  /**
   * Makes what was written current, once all that is made from it is up to date, and removes what it
   * replaces. The unit is not settled while another attempt may be alive, or while a sending of this
   * one that got no answer may still be applied. Throws Superseded where another run has begun the
   * same unit since, OutOfTime or StorageTrouble.
   */
  async commit(comparison: Comparison): Promise<Settlement> {
    const { registry, parts, deadline } = this.#tools
    const begun = this.#begun
    const compared = new Set(comparison.unfinished)
    invariant(
      this.#objectsOfOthers().every((objectKey) => compared.has(objectKey)),
      'What marked attempts may have written is compared with',
    )
    invariant(
      comparison.isPublished,
      'Parts become current once what is made from them is up to date',
    )
    const attempts = this.#marksThatStay()
    const current = comparison.isReplaced ? this.#written : begun.current
    const kept = keptObjects(this.#unit, current, attempts)
    const own = objectKeysOf(this.#unit, this.#mark)
    const known = [...own, ...comparison.unfinished, ...begun.current.map(keyOfPart)]
    const replaced = known.filter((objectKey) => !kept.has(objectKey))
    // What an earlier attempt replaced is there no more, unless that one was cut short at this.
    await parts.remove(begun.replaced)
    const next = { current, attempts, replaced, committedMs: deadline.nowMs() }
    // Too late, coarser periods may have been merged without these parts, and their marks be cleared.
    const committed = await registry.commit(...registered(this.#unit), begun, next, this.watch)
    this.#isCommitted = true
    await removeReplaced(parts, this.#unit, committed)
    return { settled: attempts.length === 0, othersAlive: this.#alive.length > 0 }
  }

  /** Whether or not they came to write them. */
  #objectsOfOthers(): string[] {
    return this.#others.flatMap((other) => objectKeysOf(this.#unit, other))
  }

  #marksThatStay(): AttemptMark[] {
    const own = this.#mayComeLate ? [this.#endedNow()] : []
    const marks = [...this.#alive, ...own]
    invariant(
      !this.#mayComeLate || marks.some(({ token }) => token === this.#mark.token),
      'A mark stays while anything of its attempt may still be applied',
    )
    return marks
  }

  /** An attempt that sends no more, until all that it has sent is applied or never is. */
  #endedNow(): AttemptMark {
    const endedMs = this.#tools.deadline.nowMs() + marginMs
    return { ...this.#mark, deadlineMs: Math.min(this.#mark.deadlineMs, endedMs) }
  }

  /**
   * An attempt that failed has no write of a table under way and sends no more. Where telling so fails
   * as well, others wait, as for a run that was killed; what the attempt failed with is the better
   * thing to tell.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#endedNow()
    if (this.#isCommitted || ended.deadlineMs >= this.#mark.deadlineMs) return
    const next = { ...this.#begun, attempts: [...this.#others, ended] }
    const { registry } = this.#tools
    await registry.commit(...registered(this.#unit), this.#begun, next).catch(() => undefined)
  }
}

/** The objects that a unit's current parts and marks name. */
function keptObjects(
  unit: UnitOfParts,
  current: readonly RegisteredPart[],
  attempts: readonly AttemptMark[],
): ReadonlySet<string> {
  const marked = attempts.flatMap((attempt) => objectKeysOf(unit, attempt))
  return new Set([...current.map(keyOfPart), ...marked])
}

/** Removes what a unit names as replaced. */
export async function removeReplaced(
  parts: Parts,
  unit: UnitOfParts,
  { current, attempts, replaced }: UnitParts,
): Promise<void> {
  const kept = keptObjects(unit, current, attempts)
  invariant(
    replaced.every((objectKey) => !kept.has(objectKey)),
    'No object is removed that a current part or a mark names',
  )
  await parts.remove(replaced)
}
