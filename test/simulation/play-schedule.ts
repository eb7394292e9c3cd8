import type { KinesisStreamEvent } from 'aws-lambda'
import type { Calendar } from '../../lib/core/index.ts'
import { SeededRandom } from '../data/seeded-random.ts'
import { type MemoryWorld, memoryWorld, storesOn } from '../support/world.ts'
import { Broken, failureOf } from './broken.ts'
import { rememberingCalendar } from './calendars.ts'
import { checkOpenHours, checkOutcome } from './check-outcome.ts'
import { checkVerified, checkVerify } from './check-verify.ts'
import { type ClosingOptions, close, comeToRest } from './closing.ts'
import { DeployedDefinitions } from './deployed-definitions.ts'
import { disturb } from './disturbances.ts'
import type { Failure } from './failure.ts'
import { FaultSource } from './faults.ts'
import { checkHistoryFirst } from './history-first.ts'
import { EventMaker } from './made-events.ts'
import { Operator } from './operator.ts'
import { plainCodec } from './plain-codec.ts'
import type { Played } from './played.ts'
import { produce, type SentRecord } from './producer.ts'
import { reshard } from './reshard.ts'
import { drawSchedule, type Schedule } from './schedule.ts'
import { ScheduledRuns } from './scheduled-runs.ts'
import { Scheduler } from './scheduler.ts'
import { graceMs, SimulatedFunctions } from './simulated-functions.ts'
import { SimulatedMapping } from './simulated-mapping.ts'
import { SimulatedStream } from './simulated-stream.ts'
import { Story } from './story.ts'
import { Wire } from './wire.ts'

const maxOvertakingMs = 3 * 60_000

/**
 * Plays the schedule of a seed to its end and compares what the tables hold with the oracle. Out of
 * the model are settings that don't agree, under which a function does no work at all.
 */
export async function playSchedule(seed: number, keepStory: boolean): Promise<Played> {
  const play = new Play(drawSchedule(seed), keepStory)
  return play.toTheEnd()
}

/** Longer than an event may be dated ahead, and the grace of its hour. */
const hoursLaterMs = 3 * 3_600_000

class Play {
  readonly #schedule: Schedule
  readonly #world: MemoryWorld = memoryWorld()
  readonly #scheduler: Scheduler
  readonly #faults: FaultSource
  readonly #story: Story
  readonly #wire: Wire
  readonly #shared: Pick<ClosingOptions, 'world' | 'scheduler' | 'faults' | 'wire' | 'story'>
  readonly #stream: SimulatedStream
  readonly #functions: SimulatedFunctions
  readonly #mapping: SimulatedMapping
  readonly #operator: Operator
  readonly #runs: ScheduledRuns
  readonly #definitions: DeployedDefinitions
  readonly #calendar: Calendar
  readonly #events: EventMaker
  readonly #sent: SentRecord[] = []

  constructor(schedule: Schedule, keepStory: boolean) {
    const { random, startMs, zone } = schedule
    this.#schedule = schedule
    this.#scheduler = new Scheduler(startMs)
    // A source of chance of its own for each, so that one more draw here changes nothing there.
    const own = () => new SeededRandom(random.below(2 ** 32))
    this.#faults = new FaultSource(own())
    this.#story = new Story(() => this.#scheduler.nowMs, keepStory)
    this.#wire = new Wire(this.#scheduler, this.#faults, own(), this.#story)
    this.#stream = new SimulatedStream(schedule.shards, schedule.firstSequence)
    this.#wire.onPaused = () => this.#overtake(maxOvertakingMs, 0.5)
    this.#wire.onInDoubt = (forMs) => this.#overtake(forMs / 2, 1)
    this.#events = new EventMaker(random, this.#faults, startMs)
    this.#calendar = rememberingCalendar(zone)
    this.#shared = {
      world: this.#world,
      scheduler: this.#scheduler,
      faults: this.#faults,
      wire: this.#wire,
      story: this.#story,
    }
    const shared = this.#shared
    this.#functions = new SimulatedFunctions({
      ...shared,
      ...schedule,
      random: own(),
      calendar: this.#calendar,
    })
    this.#definitions = new DeployedDefinitions({
      ...shared,
      ...schedule,
      random: own(),
      onStreamReplaced: () => this.#functions.replaceContainers(),
    })
    this.#mapping = new SimulatedMapping({
      ...shared,
      ...schedule,
      random: own(),
      stream: this.#stream,
      invoke: (event) => this.#invoke(event),
      keepFailure: (key, record) =>
        this.#world.objects.put(key, Buffer.from(JSON.stringify(record))),
    })
    this.#operator = new Operator({
      ...shared,
      random: own(),
      functions: this.#functions,
      definitions: this.#definitions,
      beforeRedrive: () => this.#checkHistoryFirst(),
    })
    this.#runs = new ScheduledRuns({
      ...shared,
      ...schedule,
      functions: this.#functions,
      definitions: this.#definitions,
      operator: this.#operator,
    })
  }

  /** Whoever was paused has not read what comes in now, and the next run has. */
  #overtake(withinMs: number, share: number): void {
    const { random } = this.#schedule
    if (this.#runs.isOver || random.next() >= share) return
    this.#scheduler.after(random.below(withinMs), async () => {
      await this.#produce(1, 0)
      await this.#scheduler.sleep(random.below(withinMs))
      this.#runs.start()
    })
  }

  async toTheEnd(): Promise<Played> {
    let failure: Failure | undefined
    try {
      failure = await this.#scheduler.runUntil(
        Promise.race([this.#live(), this.#mapping.broken.promise, this.#functions.broken.promise]),
      )
    } catch (error) {
      failure = failureOf(error)
    }
    return {
      counts: this.#faults.counts,
      events: this.#sent.length,
      simulatedMs: this.#scheduler.nowMs - this.#schedule.startMs,
      failure,
      story: this.#story,
    }
  }

  async #live(): Promise<Failure | undefined> {
    this.#mapping.run()
    this.#runs.begin()
    const disturbances = {
      ...this.#shared,
      schedule: this.#schedule,
      operator: this.#operator,
      definitions: this.#definitions,
      look: () => this.#look(),
    }
    const { events, durationMs } = this.#schedule
    await Promise.all([this.#produce(events, durationMs), disturb(disturbances)])
    const closing = this.#closing()
    await comeToRest(closing)
    // Now, and as if all were left alone until every hour is over.
    for (const aheadMs of [0, hoursLaterMs]) await this.#look(aheadMs)
    const early = await checkOpenHours(this.#outcome())
    if (early !== undefined) return early
    this.#runs.end()
    await close(closing)
    return (await checkOutcome(this.#outcome())) ?? (await checkVerified(this.#outcome()))
  }

  #closing(): ClosingOptions {
    return {
      ...this.#shared,
      mapping: this.#mapping,
      functions: this.#functions,
      operator: this.#operator,
      definitions: this.#definitions,
      rollUp: () => this.#runs.rollUp(),
    }
  }

  async #checkHistoryFirst(): Promise<void> {
    const failure = await checkHistoryFirst(this.#world)
    if (failure !== undefined) throw new Broken(failure)
  }

  /** What must hold at any moment, seen by a clock that may be ahead. */
  async #look(aheadMs = 0): Promise<void> {
    await this.#checkHistoryFirst()
    const failure = await checkVerify(this.#outcome(aheadMs))
    if (failure !== undefined) throw new Broken(failure)
  }

  #outcome(aheadMs = 0) {
    const { zone } = this.#schedule
    const nowMs = this.#scheduler.nowMs + aheadMs
    return {
      world: this.#world,
      stores: storesOn(this.#world, () => nowMs, { codec: plainCodec }),
      sent: this.#sent,
      zone,
      nowMs,
      graceMs,
      definition: this.#definitions.rollup,
      strays: this.#wire.strays,
      hadGivenUp: this.#faults.counts['batch given up'] > 0,
      hadNarrowDefinition: this.#schedule.narrow !== 'never',
    }
  }

  async #invoke(event: KinesisStreamEvent): Promise<unknown> {
    // Now and then the schedule falls into a batch.
    const { random } = this.#schedule
    if (random.next() < 0.25) this.#scheduler.after(random.below(300), () => this.#runs.start())
    let failed = true
    try {
      const answer = await this.#functions.answerBatch(event, this.#definitions.stream)
      failed = answer.batchItemFailures.length > 0
      return answer
    } finally {
      // Not awaited, nor thrown: that would be taken for the failure of the invocation.
      if (failed) this.#checkHistoryFirst().catch(this.#mapping.broken.reject)
    }
  }

  #produce(count: number, durationMs: number): Promise<void> {
    const { random } = this.#schedule
    const parts = { stream: this.#stream, scheduler: this.#scheduler, faults: this.#faults, random }
    const options = { ...parts, events: this.#events, count, durationMs }
    return produce(options, (record) => this.#onSent(record))
  }

  #onSent(record: SentRecord): void {
    this.#sent.push(record)
    if (this.#definitions.refusesForNow(record.line)) {
      this.#faults.count('refused by a definition that is corrected later')
    }
    for (const after of this.#schedule.reshardsAfter) {
      if (after !== this.#sent.length) continue
      reshard(this.#stream, this.#schedule.random, this.#faults, this.#story)
    }
  }
}
