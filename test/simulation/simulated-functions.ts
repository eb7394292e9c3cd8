import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'
import { rollupVariables } from '../../lib/contract/environment.ts'
import type { Calendar, Definition } from '../../lib/core/index.ts'
import { BrokenInvariant } from '../../lib/core/invariant.ts'
import { readEnvironment } from '../../lib/deployment/environment.ts'
import { answerRequest, type RequestContext } from '../../lib/handlers/answer-request.ts'
import { parseRequest } from '../../lib/rollup/request.ts'
import { answerBatch, type StreamContext } from '../../lib/stream/answer-batch.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import { type MemoryWorld, storesOn } from '../support/world.ts'
import type { FaultSource } from './faults.ts'
import { plainCodec } from './plain-codec.ts'
import { Process, ProcessDied, type Role } from './process.ts'
import type { Scheduler } from './scheduler.ts'
import { simulatedObjects } from './simulated-objects.ts'
import { simulatedTable } from './simulated-table.ts'
import type { Story } from './story.ts'
import type { Wire } from './wire.ts'

export interface SimulatedFunctionsOptions {
  readonly world: MemoryWorld
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly faults: FaultSource
  readonly wire: Wire
  readonly story: Story
  readonly calendar: Calendar
  readonly keyRanges: number
  readonly openPeriodEveryMs: number
  readonly rollupTimeoutMs: number
}

/** A process that serves one batch after the other, and remembers rows in between. */
interface Container {
  readonly process: Process
  readonly context: StreamContext
}

const maxSkewMs = 20_000
export const graceMs = 300_000
const shortRollupMs = 35_000
const zombieShare = 0.02
const maxWaitMs = 3_000

/** Both functions as Lambda runs them, in simulated processes: the real code behind the wire. */
export class SimulatedFunctions {
  readonly #options: SimulatedFunctionsOptions
  readonly #idle: Container[] = []
  #started = 0
  #tokens = 0
  /** Processes that may still do something. */
  readonly running = new Set<Process>()
  /** Rejects when a function finds one of its own invariants broken. */
  readonly broken = Promise.withResolvers<never>()

  constructor(options: SimulatedFunctionsOptions) {
    this.#options = options
    this.broken.promise.catch(() => undefined)
  }

  /** A process with stores of its own, and a clock that is off. */
  start(kind: string, role: Role) {
    const { world, scheduler, random, faults, wire } = this.#options
    const skewMs = random.next() < 0.3 ? random.below(2 * maxSkewMs) - maxSkewMs : 0
    if (skewMs !== 0) faults.happens('clock skew', 1)
    const process = new Process(`${kind} ${++this.#started}`, role, skewMs)
    const table = (name: 'minutes' | 'rollups' | 'ledger') =>
      simulatedTable({ name, table: world[name], process, wire, random })
    const nowMs = () => scheduler.nowMs + skewMs
    const newToken = () => `t${++this.#tokens}`
    const seen = {
      minutes: table('minutes'),
      rollups: table('rollups'),
      ledger: table('ledger'),
      objects: simulatedObjects({ objects: world.objects, process, wire, random }),
    }
    return {
      process,
      nowMs,
      newToken,
      stores: storesOn(seen, nowMs, { newToken, codec: plainCodec }),
    }
  }

  /** From now on batches are answered by processes that started after this. */
  replaceContainers(): void {
    this.#idle.length = 0
  }

  /** One invocation of stream-aggregate. Rejects as an invocation fails that nobody answers for. */
  async answerBatch(
    event: KinesisStreamEvent,
    definition: Definition,
  ): Promise<KinesisStreamBatchResponse> {
    const { scheduler, random, faults, story } = this.#options
    const container = this.#takeContainer(definition)
    const { process, context } = container
    story.tell(() => `${process.name} is given ${describe(event)}`)
    const rowsBefore = process.rowsWritten
    const answered = this.track(process, answerBatch(context, event))
    answered
      .then((answer) => {
        story.tell(() => `${process.name} answers ${JSON.stringify(answer)}`)
        if (answer.batchItemFailures.length > 0 && process.rowsWritten > rowsBefore) {
          faults.count('batch applied in part')
        }
      })
      // Whoever serves on has its memory of rows still.
      .finally(() => process.alive && this.#idle.push(container))
      .catch(() => undefined)
    const waits = [answered, process.died]
    if (faults.happens('zombie invocation', zombieShare)) {
      story.tell(() => `${process.name} is taken for dead, and goes on`)
      waits.push(scheduler.sleep(random.below(maxWaitMs)).then(() => Promise.reject(timedOut())))
    }
    return Promise.race(waits)
  }

  /** One invocation of batch-rollup, ended from outside at its time's end. */
  async answerRequest(request: object, definition: Definition): Promise<unknown> {
    const { scheduler, random, faults, story, calendar } = this.#options
    const { keyRanges, openPeriodEveryMs, rollupTimeoutMs } = this.#options
    const { process, nowMs, newToken, stores } = this.start('rollup', 'rollup')
    const parsed = parseRequest(request)
    const short = faults.happens('run out of time', 0.08)
    const timeoutMs = short ? 30_000 + random.below(shortRollupMs) : rollupTimeoutMs
    const context: RequestContext = {
      definition,
      calendar,
      stores,
      keyRanges,
      ...readEnvironment(rollupVariables, {}),
      graceMs,
      openPeriodEveryMs,
      nowMs,
      newToken,
      log: noLog,
    }
    const deadlineMs = nowMs() + timeoutMs
    story.tell(() => `${process.name} begins ${JSON.stringify(request)}`)
    this.#killAt(process, scheduler.nowMs + timeoutMs)
    const answered = this.track(process, answerRequest(context, parsed, deadlineMs))
    return Promise.race([answered, process.died])
  }

  #takeContainer(definition: Definition): Container {
    const at = this.#options.random.below(this.#idle.length + 1)
    const [idle] = this.#idle.splice(at, 1)
    if (idle?.process.alive) return idle
    const { process, nowMs, stores } = this.start('stream-aggregate', 'stream')
    const agreeOnSettings = async () => undefined
    return { process, context: { definition, stores, agreeOnSettings, log: noLog, nowMs } }
  }

  /** A frozen process is not there to be ended, and goes on when it thaws. */
  #killAt(process: Process, atMs: number): void {
    const { scheduler, story } = this.#options
    process.endsAtMs = atMs
    scheduler.after(atMs - scheduler.nowMs, () => {
      if (!this.running.has(process) || process.frozenUntilMs > scheduler.nowMs) return
      story.tell(() => `${process.name} has no time left`)
      process.kill()
    })
  }

  /** Knows a process for running until its work is over, or it is. */
  track<Answer>(process: Process, work: Promise<Answer>): Promise<Answer> {
    this.running.add(process)
    const over = () => this.running.delete(process)
    work.then(over, (error) => {
      over()
      // Whoever is asked may well take it for a failure like another, which comes right by itself.
      if (error instanceof BrokenInvariant) this.broken.reject(error)
    })
    process.died.catch(over)
    return work
  }
}

const noLog = () => undefined

const timedOut = () => new ProcessDied('The invocation took too long')

function describe({ Records }: KinesisStreamEvent): string {
  const [first] = Records
  const [shard] = (first?.eventID ?? '').split(':')
  const last = Records.at(-1)?.kinesis.sequenceNumber
  return `${Records.length} records of ${shard}, ${first?.kinesis.sequenceNumber} to ${last}`
}
