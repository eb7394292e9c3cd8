import { randomUUID } from 'node:crypto'
import type { FaultCounts, FaultRates } from '../../emulator/faults/fault-kinds.ts'
import { createFaultProxies, type FaultProxies } from '../../emulator/faults/fault-proxies.ts'
import { seededRandom } from '../../emulator/faults/seeded-random.ts'
import { startSchedule } from '../../emulator/scheduler.ts'
import { defaultGraceMs } from '../../lib/contract/defaults.ts'
import type { Definition } from '../../lib/core/index.ts'
import { ClosingStack } from '../../local/closing-stack.ts'
import { type LocalPipeline, startLocalPipeline } from '../../local/pipeline.ts'
import { compareRows, type GrainComparison } from './compare-rows.ts'
import { createEventMaker, type EventMaker, type EventMix } from './event-maker.ts'
import { ExpectedTotals, firstOpenHour } from './expected-totals.ts'
import { createFailingFunctions, type FailingFunctions } from './failing-functions.ts'
import { countRejectedEvents } from './kept-rejects.ts'
import { type MemoryFigures, watchMemory } from './memory-watch.ts'
import { type Produced, produce } from './produce.ts'
import { rollUpUntilDone } from './roll-up-until-done.ts'
import { totalsByRecord } from './stream-contents.ts'

export interface LoadOptions {
  readonly definition: Definition
  readonly folder: string
  readonly durationMs: number
  /** Records a second, or as many as come out at the other end again. */
  readonly rate: number | 'max'
  readonly seed: number
  readonly mix: EventMix
  readonly faults: {
    readonly rates: FaultRates
    readonly hangMs: number
    readonly maxSlowMs: number
  }
  readonly failures: { readonly errorShare: number; readonly crashEveryMs: number }
  readonly rollUpEveryMs: number
  readonly onProgress: (text: string) => void
}

export interface LoadReport {
  readonly sent: number
  readonly producedMs: number
  readonly made: ReturnType<EventMaker['made']>
  readonly lagsMs: readonly number[]
  /** From the last record's being in the stream until all were applied. */
  readonly drainMs: number
  /** From the last record's being in the stream until all rows were to be right. */
  readonly settleMs: number
  readonly rollupRuns: number
  readonly failedRollups: number
  readonly failedBatches: number
  readonly givenUpRecords: number
  readonly functions: ReturnType<FailingFunctions['counts']>
  readonly requests: number
  readonly faults: FaultCounts
  readonly memory: readonly MemoryFigures[]
  readonly rejectedEvents: number
  readonly rows: readonly GrainComparison[]
}

const sampleEveryMs = 1_000
const tellEveryMs = 5_000

/** Runs the local pipeline under a load, with faults, and compares every row with what was sent. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const closing = new ClosingStack()
  try {
    return await new Load(options, closing).run()
  } finally {
    await closing.close()
  }
}

/** One run and what it counts. */
class Load {
  readonly #options: LoadOptions
  readonly #closing: ClosingStack
  readonly #proxies: FaultProxies
  readonly #functions: FailingFunctions
  readonly #expected = new ExpectedTotals()
  readonly #counts = { rollupRuns: 0, failedRollups: 0, failedBatches: 0, givenUpRecords: 0 }
  #sent = 0
  #applied = 0

  constructor(options: LoadOptions, closing: ClosingStack) {
    const { seed, faults, failures } = options
    this.#options = options
    this.#closing = closing
    this.#proxies = createFaultProxies({ seed, ...faults })
    this.#functions = createFailingFunctions({ random: seededRandom(seed + 100), ...failures })
    closing.add(() => this.#proxies.close())
    closing.add(() => this.#functions.stop())
  }

  async run(): Promise<LoadReport> {
    const pipeline = await this.#start()
    return Promise.race([this.#load(pipeline), pipeline.died])
  }

  async #start(): Promise<LocalPipeline> {
    const { definition, folder } = this.#options
    const pipeline = await startLocalPipeline({
      folder,
      command: 'twofold load',
      definition,
      timeZone: 'UTC',
      endpointUrl: undefined,
      openPeriodEveryMs: 0,
      through: this.#proxies.through,
      around: this.#functions.around,
      onProgress: ({ records }) => {
        this.#applied += records
      },
      onFunctionFailure: () => {
        this.#counts.failedBatches++
      },
      onGivenUp: (records) => {
        this.#counts.givenUpRecords += records
      },
    })
    this.#closing.add(() => pipeline.close())
    return pipeline
  }

  async #load(pipeline: LocalPipeline): Promise<LoadReport> {
    const maker = this.#createMaker()
    const rollups = this.#scheduleRollups(pipeline)
    const telling = this.#scheduleTelling()
    const memory = watchMemory(sampleEveryMs)
    // Also where a server or the mapping ended, and nobody comes to stop them below.
    for (const schedule of [rollups, telling, memory])
      this.#closing.add(async () => schedule.stop())
    const startedAtMs = performance.now()
    const produced = await this.#produce(pipeline, maker)
    const memoryFigures = await memory.stop()
    await produced.applied
    const drainMs = performance.now() - produced.endedAtMs
    this.#options.onProgress('all is applied; rolling up what is left')
    await rollups.stop()
    await rollUpUntilDone(pipeline, () => this.#counts.failedRollups++)
    const settleMs = performance.now() - produced.endedAtMs
    await telling.stop()
    await this.#functions.stop()
    this.#options.onProgress('comparing every row')
    return {
      sent: produced.sent,
      producedMs: produced.endedAtMs - startedAtMs,
      made: maker.made(),
      lagsMs: produced.lagsMs,
      drainMs,
      settleMs,
      functions: this.#functions.counts(),
      requests: this.#proxies.requests(),
      faults: this.#proxies.counts(),
      memory: memoryFigures,
      rows: await this.#compare(pipeline),
      rejectedEvents: await countRejectedEvents(pipeline.stores.rejects),
      ...this.#counts,
    }
  }

  #createMaker(): EventMaker {
    const { seed, mix, durationMs } = this.#options
    return createEventMaker({
      random: seededRandom(seed),
      runId: randomUUID().slice(0, 8),
      mix,
      startedMs: Date.now(),
      durationMs,
      expected: this.#expected,
    })
  }

  #produce(pipeline: LocalPipeline, maker: EventMaker): Promise<Produced> {
    const { rate, durationMs } = this.#options
    return produce({
      pipeline,
      maker,
      rate,
      durationMs,
      onSent: (records) => {
        this.#sent += records
      },
    })
  }

  #scheduleRollups(pipeline: LocalPipeline) {
    return startSchedule({
      everyMs: this.#options.rollUpEveryMs,
      run: async () => {
        this.#counts.rollupRuns++
        await pipeline.rollUp()
      },
      onError: () => {
        this.#counts.failedRollups++
      },
    })
  }

  #scheduleTelling() {
    const startedAtMs = performance.now()
    return startSchedule({
      everyMs: tellEveryMs,
      run: async () => {
        const seconds = Math.round((performance.now() - startedAtMs) / 1000)
        const { rollupRuns, failedBatches } = this.#counts
        this.#options.onProgress(
          `${seconds} s: ${this.#sent} records sent, ${this.#applied} applied, ` +
            `${rollupRuns} rollups, ${failedBatches} batches failed`,
        )
      },
      onError: () => undefined,
    })
  }

  /** Hours that are over are right by event id, the open one by record; see `totalsByRecord`. */
  async #compare(pipeline: LocalPipeline): Promise<GrainComparison[]> {
    this.#proxies.stopFaults()
    for (;;) {
      const openMs = firstOpenHour(Date.now(), defaultGraceMs)
      await rollUpUntilDone(pipeline, () => this.#counts.failedRollups++)
      const byRecord = await totalsByRecord(pipeline.clients.kinesis, pipeline.stream, openMs)
      const expected = this.#expected.with(byRecord, openMs)
      const rows = await compareRows(this.#options.definition, pipeline, expected)
      // An hour that came to its end meanwhile is now to be right by event id.
      if (firstOpenHour(Date.now(), defaultGraceMs) === openMs) return rows
    }
  }
}
