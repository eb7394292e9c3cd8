import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { SendingWatch } from '../../lib/store/table.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import type { Fault, FaultSource, RequestFault, Stage } from './faults.ts'
import { Outages } from './outages.ts'
import type { Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'
import type { Story } from './story.ts'

/** One request to a store. */
export interface Request<Answer> {
  readonly store: string
  /** As in `put 2026-11-22T10`. */
  readonly doing: string
  readonly kind: 'read' | 'write'
  /** Does it, at one instant, and gives the answer. */
  readonly apply: () => Promise<Answer>
  readonly watch?: SendingWatch | undefined
  /** What a put into the bucket names. */
  readonly objectKey?: string
  /** Does a part of it, where there are parts. */
  readonly applyInPart?: () => Promise<void>
  /** Gives an answer that breaks off, where one can. */
  readonly cutShort?: () => Promise<Answer>
}

/** Most requests are quick, and some take long enough for others to come between. */
const maxLatenciesMs = [10, 30, 30, 500]
const maxSlowMs = 60_000
/** The SDK's time-out: what is not applied by then never is. */
const maxLateMs = 10_000
/** The SDK sends a request up to eight times, with waits of up to 20 s, and 10 s until it is given up. */
const maxRepeats = 3
const maxBackoffMs = 30_000
/** Longer than a run and its lease. */
const freezesMs = [25 * 60_000, 50 * 60_000]
/**
 * Trouble seldom comes alone: whoever could do what the frozen one left can't read history, and does
 * what needs none.
 */
const historyOutageShare = 0.4

/**
 * What stands between processes and stores: every request takes its time, may fail in all ways that
 * requests fail in, and may be the last thing that its process did.
 */
export class Wire {
  readonly #scheduler: Scheduler
  readonly #faults: FaultSource
  readonly #random: SeededRandom
  readonly #story: Story
  readonly outages: Outages
  /**
   * Objects that a process sent again when it was thawed. Of a run whose time is over they are parts
   * that nobody names any more, which waste their bytes only.
   */
  readonly strays = new Set<string>()
  /** Called when a process is paused or frozen, for others to overtake it. */
  onPaused = (): void => undefined
  /** Called when something may be applied for so long after its repeat, for others to come between. */
  onInDoubt = (_forMs: number): void => undefined

  constructor(scheduler: Scheduler, faults: FaultSource, random: SeededRandom, story: Story) {
    this.#scheduler = scheduler
    this.#faults = faults
    this.#random = random
    this.#story = story
    this.outages = new Outages(scheduler, faults, story)
  }

  async send<Answer>(process: Process, request: Request<Answer>): Promise<Answer> {
    const fault = this.#faults.ofRequest(process.role, stageOf(request))
    const slowMs = fault === 'slow' ? this.#random.below(maxSlowMs) : 0
    if (fault === 'slow') this.#note(process, request, fault)
    await this.#underWay(process, request, this.#latencyMs() + slowMs)
    if (this.outages.isOut(process.role, request))
      throw trouble(request, 'the store is out of order')
    const answer = await this.#arrive(process, request, fault)
    const frozenMs = process.frozenUntilMs - this.#scheduler.nowMs
    if (frozenMs > 0) await this.#waitAs(process, frozenMs)
    return answer
  }

  async #arrive<Answer>(
    process: Process,
    request: Request<Answer>,
    fault: RequestFault | undefined,
  ): Promise<Answer> {
    switch (fault) {
      case 'crash before a request':
        return this.#die(process, request, fault)
      case 'crash after a request':
        await request.apply()
        return this.#die(process, request, fault)
      case 'throttled':
        return this.#fail(process, request, fault)
      case 'answer lost':
        await request.apply()
        return this.#fail(process, request, fault)
      case 'server error':
        if (this.#random.next() < 0.5) await request.apply()
        return this.#fail(process, request, fault)
      case 'timed out':
        if (request.kind === 'write') this.#applyLater(request)
        return this.#fail(process, request, fault)
      case 'batch written in part':
        if (request.applyInPart === undefined) break
        await request.applyInPart()
        return this.#fail(process, request, fault)
      case 'read cut short':
        if (request.kind !== 'read') break
        if (request.cutShort === undefined) return this.#fail(process, request, fault)
        this.#note(process, request, fault)
        return request.cutShort()
      case 'request sent twice':
        this.#note(process, request, fault)
        await request.apply()
        await this.#underWay(process, request, this.#latencyMs())
        break
      case 'write repeated after a while':
        if (request.kind !== 'write') break
        this.#note(process, request, fault)
        await this.#repeat(process, request)
        break
      case 'process frozen past its lease':
        this.#note(process, request, fault)
        this.#freeze(process, this.#random.pick(freezesMs))
        break
      case 'process paused within its time':
        this.#note(process, request, fault)
        this.#pause(process, this.#random.below(process.endsAtMs - this.#scheduler.nowMs))
        break
    }
    this.#story.tellRequest(() => `${process.name}: ${request.store} ${request.doing}`)
    if (request.store === 'minutes' && request.kind === 'write') process.rowsWritten++
    return request.apply()
  }

  /** All times that the SDK sends it but the last; each may be applied, then or later, or not. */
  async #repeat<Answer>(process: Process, request: Request<Answer>): Promise<void> {
    const times = 1 + this.#random.below(maxRepeats)
    for (let time = 0; time < times; time++) {
      const arrives = this.#random.next()
      if (arrives < 0.6) await request.apply()
      else if (arrives < 0.8) this.#arriveAfterRepeat(process, request)
      request.watch?.inDoubt()
      // Some are sent again at once, and some after long waits.
      const backoffMs = this.#random.pick([maxLateMs / 10, maxBackoffMs])
      await this.#underWay(process, request, this.#random.below(backoffMs))
      const frozenMs = process.frozenUntilMs - this.#scheduler.nowMs
      if (frozenMs > 0) {
        await this.#waitAs(process, frozenMs)
        if (request.objectKey !== undefined) this.strays.add(request.objectKey)
      }
      request.watch?.before()
    }
  }

  #arriveAfterRepeat<Answer>(process: Process, request: Request<Answer>): void {
    this.#note(process, request, 'sending applied after its repeat')
    if (request.objectKey !== undefined) this.strays.add(request.objectKey)
    const lateMs = this.#random.below(2 * maxLateMs)
    this.onInDoubt(lateMs)
    this.#scheduler.after(lateMs, () => {
      this.#story.tell(() => `${process.name}, late: ${request.store} ${request.doing}`)
      request.apply()
    })
  }

  #latencyMs(): number {
    return 1 + this.#random.below(this.#random.pick(maxLatenciesMs))
  }

  /** A request that its process did not live to see may still arrive, or not. */
  #underWay<Answer>(process: Process, request: Request<Answer>, ms: number): Promise<void> {
    return new Promise((arrive) => {
      this.#scheduler.after(ms, () => {
        if (process.alive) arrive()
        else if (request.kind === 'write' && this.#random.next() < 0.5) {
          this.#story.tell(() => `${process.name}, dead: ${request.store} ${request.doing}`)
          request.apply()
        }
      })
    })
  }

  /** Never ends where the process has died by then. */
  #waitAs(process: Process, ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#scheduler.after(ms, () => {
        if (process.alive) wake()
      })
    })
  }

  #applyLater<Answer>(request: Request<Answer>): void {
    if (this.#random.next() < 0.3) return
    this.#scheduler.after(this.#random.below(maxLateMs), () => {
      this.#story.tell(() => `late: ${request.store} ${request.doing}`)
      request.apply()
    })
  }

  #pause(process: Process, ms: number): void {
    this.onPaused()
    process.frozenUntilMs = Math.max(process.frozenUntilMs, this.#scheduler.nowMs + ms)
  }

  #freeze(process: Process, ms: number): void {
    this.#pause(process, ms)
    if (this.#random.next() < historyOutageShare) this.outages.startOfHistory(ms)
  }

  #fail<Answer>(process: Process, request: Request<Answer>, fault: RequestFault): never {
    this.#note(process, request, fault)
    throw trouble(request, fault)
  }

  #die<Answer>(process: Process, request: Request<Answer>, fault: RequestFault): Promise<never> {
    this.#note(process, request, fault)
    process.kill()
    return new Promise(() => undefined)
  }

  #note<Answer>(process: Process, request: Request<Answer>, fault: Fault): void {
    this.#faults.count(fault)
    this.#story.tell(() => `${process.name}: ${request.store} ${request.doing} -- ${fault}`)
  }
}

function stageOf<Answer>({ store, kind, doing }: Request<Answer>): Stage {
  if (kind === 'write') return doing.includes(' changed#') ? 'marks' : 'others'
  const ofInputs = store === 'minutes' || doing.includes(' history/') || doing.includes(' part#')
  return ofInputs ? 'inputs' : 'others'
}

function trouble<Answer>({ store, doing }: Request<Answer>, why: string): StorageTrouble {
  return new StorageTrouble(`${store} ${doing}`, new Error(why))
}
