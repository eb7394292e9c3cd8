import { joinRuns } from '../core/index.ts'
import { partObjectKey, partsFolder } from '../ledger/unit.ts'
import { Attempt, type AttemptTools, mayBeAlive, newMark, removeReplaced } from './attempt.ts'
import type { AttemptMark, UnitParts } from './part-registry.ts'
import { hasRows, objectKeysOf, registered, type UnitOfParts } from './unit-of-parts.ts'

/** As many marks of attempts that were cut short are made one. */
const joinedAtOnce = 4

/** A unit as it was before its inputs were read. */
export class ReadUnit {
  readonly #tools: AttemptTools
  readonly #unit: UnitOfParts
  readonly #before: UnitParts

  constructor(tools: AttemptTools, unit: UnitOfParts, before: UnitParts) {
    this.#tools = tools
    this.#unit = unit
    this.#before = before
  }

  /**
   * Marks an attempt, to be called once the inputs are read. Throws Superseded where another has begun
   * since the unit was read, whose inputs may be newer; OutOfTime or StorageTrouble.
   */
  async begin(): Promise<Attempt> {
    const mark = newMark(this.#tools)
    this.#tools.deadline.check()
    const begun = await this.#tools.registry.begin(...registered(this.#unit), this.#before, mark)
    return new Attempt(this.#tools, this.#unit, begun, mark)
  }
}

/** The units whose parts one invocation of the rollup replaces. */
export class Units {
  readonly #tools: AttemptTools

  constructor(tools: AttemptTools) {
    this.#tools = tools
  }

  /**
   * Reads a unit before its inputs are. Were its dead attempts left as they are, a unit that fails
   * again and again would outgrow its ledger item, and have more parts to compare with each time. So
   * where they are many, those that wrote no part are left out, and the others joined. Throws
   * StorageTrouble, Superseded, OutOfTime or PartGone.
   */
  async read(unit: UnitOfParts): Promise<ReadUnit> {
    const { registry, deadline } = this.#tools
    let read = await registry.read(...registered(unit))
    for (;;) {
      const isDead = (mark: AttemptMark) => !mayBeAlive(this.#tools, mark, deadline.nowMs())
      const dead = read.attempts.filter(isDead)
      if (dead.length < joinedAtOnce) break
      const partless = await this.#partless(unit, dead)
      read = { ...read, attempts: without(read.attempts, partless) }
      const toJoin = without(dead, partless).slice(0, joinedAtOnce)
      if (toJoin.length < joinedAtOnce) break
      read = await this.#join(unit, read, toJoin)
    }
    return new ReadUnit(this.#tools, unit, read)
  }

  /** Rows are written only after the part is: nothing else was written by these. */
  async #partless(unit: UnitOfParts, dead: readonly AttemptMark[]): Promise<AttemptMark[]> {
    const there = new Set(await Array.fromAsync(this.#tools.parts.list(partsFolder(unit.unit))))
    return dead.filter((attempt) => {
      return !objectKeysOf(unit, attempt).some((objectKey) => there.has(objectKey))
    })
  }

  /** Puts one mark in the place of several; none where nobody compares with their parts. */
  async #join(
    unit: UnitOfParts,
    before: UnitParts,
    dead: readonly AttemptMark[],
  ): Promise<UnitParts> {
    const { registry, parts, deadline } = this.#tools
    deadline.check()
    let begun = before
    const joined: AttemptMark[] = []
    if (hasRows(unit)) {
      // Marked like any other while it is written, and able to write no more after that.
      const mark = newMark(this.#tools)
      begun = await registry.begin(...registered(unit), before, mark)
      for (const part of unit.parts) await this.#joinParts(unit, part, dead, mark)
      joined.push({ ...mark, deadlineMs: deadline.nowMs() })
    }
    await parts.remove(begun.replaced)
    // An attempt of which something may come late is marked although its parts are current.
    const current = new Set(before.current.map(({ objectKey }) => objectKey))
    const objectKeys = dead.flatMap((attempt) => objectKeysOf(unit, attempt))
    const replaced = objectKeys.filter((objectKey) => !current.has(objectKey))
    const attempts = [...joined, ...without(before.attempts, dead)]
    const next = { ...begun, attempts, replaced }
    const watch = { before: () => deadline.check(), inDoubt: () => undefined }
    const committed = await registry.commit(...registered(unit), begun, next, watch)
    await removeReplaced(parts, unit, committed)
    return committed
  }

  async #joinParts(
    { unit }: UnitOfParts,
    part: string,
    dead: readonly AttemptMark[],
    joined: AttemptMark,
  ): Promise<void> {
    const { parts, deadline } = this.#tools
    const objectKeys = dead.map((attempt) => partObjectKey(unit, part, attempt))
    const runs = objectKeys.map((objectKey) => parts.read(objectKey))
    await parts.write(partObjectKey(unit, part, joined), deadline.inTime(joinRuns(runs)))
  }
}

function without(attempts: readonly AttemptMark[], others: readonly AttemptMark[]): AttemptMark[] {
  return attempts.filter((attempt) => !others.includes(attempt))
}
