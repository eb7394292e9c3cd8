import type { DecodedEvent } from '../decode-event.ts'
import type { RejectedLines } from '../reject-tally.ts'
import type { TotalSyntax, TotalTexts } from '../total-text.ts'
import type { WindowFold, WindowFoldOptions } from '../window-fold.ts'
import type { WindowTotal } from '../window-total.ts'
import { hourStart } from '../windows/index.ts'
import { Engine } from './engine.ts'
import { EngineTotals } from './engine-totals.ts'
import { NumberedWindows } from './numbered-windows.ts'
import { OddTotals } from './odd-totals.ts'
import { LineRoom, placeId } from './place-lines.ts'
import type { Plan, PlannedAggregation } from './plan.ts'
import { sortedGroups } from './sorted-groups.ts'
import { TextIntake } from './text-intake.ts'
import { windowUse } from './window-use.ts'

/** What `beginWindowFold` begins, by the engine, whose memory the text is read into. */
export class EngineWindowFold implements WindowFold {
  readonly #options: WindowFoldOptions
  readonly #engine: Engine
  readonly #intake: TextIntake
  readonly #ids = new LineRoom()
  readonly #odd: OddTotals
  readonly #totals: EngineTotals
  #oddDuplicates = 0

  constructor(plan: Plan, options: WindowFoldOptions) {
    this.#options = options
    const windows = new NumberedWindows(options, plan.firstMinute)
    const engine = new Engine(plan, windowUse(options), (ms) => windows.windowAt(ms))
    engine.begin()
    this.#engine = engine
    this.#intake = new TextIntake(engine, options, (event) => this.#take(event))
    this.#odd = new OddTotals(options.aggregation)
    const planned = plan.aggregations[0] as PlannedAggregation
    this.#totals = new EngineTotals({
      engine,
      windows,
      odd: this.#odd,
      groups: () => sortedGroups(engine, planned, (number) => windows.fromMs(number)),
    })
  }

  room(minBytes: number): Uint8Array {
    return this.#intake.room(minBytes)
  }

  add(bytes: number): void {
    this.#intake.add(bytes)
  }

  get events(): number {
    return this.#intake.counts.events
  }

  get duplicatesDropped(): number {
    return this.#engine.duplicatesDropped + this.#oddDuplicates
  }

  get blankLines(): number {
    return this.#intake.counts.blankLines
  }

  get rejects(): readonly RejectedLines[] {
    return this.#intake.counts.rejects
  }

  totals(): Iterable<WindowTotal> {
    return this.#totals.totals()
  }

  texts(syntax: TotalSyntax): Iterable<TotalTexts> {
    return this.#totals.texts(syntax)
  }

  #take({ id, timeMs, values }: DecodedEvent): void {
    const { calendar, eachIdOnce, grain } = this.#options
    if (!eachIdOnce || this.#isFirst(id, hourStart(timeMs))) {
      this.#odd.addEvent(values, calendar.windowAt(grain, timeMs))
    } else this.#oddDuplicates++
  }

  #isFirst(text: string, hourMs: number): boolean {
    const id = placeId(this.#engine, text, this.#ids)
    return this.#engine.addId(id.at, id.bytes, hourMs)
  }
}
