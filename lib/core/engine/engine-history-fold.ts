import { type Aggregation, keyOf } from '../aggregation.ts'
import { type DecodedEvent, decodeEvent } from '../decode-event.ts'
import { Fold, type MinuteTotals } from '../fold.ts'
import { type HistoryFold, type KeyMinute, keyMinute } from '../history-fold.ts'
import { invariant } from '../invariant.ts'
import type { Lines } from '../lines.ts'
import { Reject } from '../reject.ts'
import { minuteMs, minuteStart } from '../windows/index.ts'
import type { Engine } from './engine.ts'
import { giveBack, takeEngine } from './engines.ts'
import { LineRoom, placeId, placeLines } from './place-lines.ts'
import type { Plan, PlannedAggregation } from './plan.ts'
import { readGroups, readKey, readState } from './read-groups.ts'
import type { PlanUse } from './write-plan.ts'

const use: PlanUse = { ids: 'once', byLine: false, marksUncertain: true, asksForWindows: false }

type Uncertain = ReadonlyMap<Aggregation, Map<string, KeyMinute>>

/**
 * What `beginHistoryFold` begins, by the engine: an id takes at most 32 bytes of its memory, a key's
 * minute 16 and what its measures need. All is read out when the totals are first asked for.
 */
export class EngineHistoryFold implements HistoryFold {
  readonly #plan: Plan
  /** Of events whose lines the reference had to look at; in the end of all. */
  readonly #fold: Fold
  readonly #uncertain: Uncertain
  readonly #room = new LineRoom()
  readonly #ids = new LineRoom()
  #engine: Engine | undefined
  #oddDuplicates = 0
  #duplicatesDropped = 0
  #refusedLines = 0

  constructor(plan: Plan) {
    this.#plan = plan
    this.#engine = takeEngine(plan, use)
    this.#fold = new Fold(plan.definition)
    this.#uncertain = new Map(plan.definition.aggregations.map((one) => [one, new Map()]))
  }

  add(lines: Lines, mayBeMissing: boolean): number {
    const engine = this.#engine
    invariant(engine !== undefined, 'nothing is added to a fold whose totals were read')
    engine.setUncertain(mayBeMissing)
    const placed = placeLines(engine, lines, this.#room)
    let refused = 0
    for (let line = 0; ; line++) {
      line = engine.foldLines(placed, line)
      if (line >= lines.length) break
      const event = decodeEvent(this.#plan.definition, lines.at(line))
      if (event instanceof Reject) refused++
      else this.#addOdd(engine, event, mayBeMissing)
    }
    this.#refusedLines += refused
    return lines.length - refused
  }

  #addOdd(engine: Engine, event: DecodedEvent, mayBeMissing: boolean): void {
    const id = placeId(engine, event.id, this.#ids)
    const isNew = engine.addId(id.at, id.bytes, 0)
    if (isNew) this.#fold.add(event)
    else this.#oddDuplicates++
    if (isNew && !mayBeMissing) return
    for (const [aggregation, minutes] of this.#uncertain) {
      const key = keyOf(aggregation, event.values)
      const minute = minuteStart(event.timeMs)
      minutes.set(keyMinute(key, minute), { key, minuteMs: minute })
    }
  }

  get duplicatesDropped(): number {
    const counted = this.#engine?.duplicatesDropped ?? this.#duplicatesDropped
    return counted + this.#oddDuplicates
  }

  get refusedLines(): number {
    return this.#refusedLines
  }

  get totals(): MinuteTotals {
    this.#readOut()
    return this.#fold
  }

  uncertain(aggregation: Aggregation): Iterable<KeyMinute> {
    this.#readOut()
    return this.#uncertain.get(aggregation)?.values() ?? []
  }

  #readOut(): void {
    const engine = this.#engine
    if (engine === undefined) return
    this.#engine = undefined
    this.#duplicatesDropped = engine.duplicatesDropped
    for (const [number, planned] of this.#plan.aggregations.entries()) {
      this.#readAggregation(engine, planned, number)
    }
    giveBack(engine)
  }

  #readAggregation(engine: Engine, planned: PlannedAggregation, number: number): void {
    const { aggregation } = planned
    const uncertain = this.#uncertain.get(aggregation)
    const keyTexts = new Map<number, string>()
    for (const group of readGroups(engine, number)) {
      const key = keyTexts.get(group.keyAt) ?? readKey(engine, planned, group.keyAt)
      keyTexts.set(group.keyAt, key)
      const minute = (this.#plan.firstMinute + group.window) * minuteMs
      if (group.isUncertain) uncertain?.set(keyMinute(key, minute), { key, minuteMs: minute })
      if (!group.hasEvents) continue
      this.#fold.merge(aggregation, key, minute, readState(engine, planned, group.at))
    }
  }
}
