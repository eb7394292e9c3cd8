import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { type Schedule, startSchedule } from '../../emulator/scheduler.ts'
import { defaultGraceMs } from '../../lib/contract/defaults.ts'
import { noFigures, sumFigures, type WorkFigures } from '../../lib/contract/figures.ts'
import { createCalendar, type Definition } from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { readTop } from '../../lib/query/read-top.ts'
import { createReader } from '../../lib/query/reader.ts'
import type { ResultRow } from '../../lib/query/result-row.ts'
import { endpointUrl } from '../../local/endpoint-url.ts'
import { type LocalPipeline, startLocalPipeline } from '../../local/pipeline.ts'
import { produce } from '../../local/produce.ts'
import { createPurchaseMaker } from '../../local/purchases.ts'
import { putRecords } from '../../local/put-records.ts'
import { readFigures } from '../../local/roll-up-all.ts'
import { nameOf } from '../open-source.ts'
import type { FolderOptions } from '../options.ts'
import { createLiveSummary } from '../output/live-summary.ts'

export interface StartOptions extends FolderOptions {
  readonly rate: number
  readonly every: number
}

const shownLeaders = 5
const showEveryMs = 1_000

export async function start(
  definition: Definition,
  options: StartOptions,
  self: Command,
): Promise<void> {
  const stopping = stopOnSignal()
  const tally = createTally()
  const pipeline = await startLocalPipeline({
    folder: options.data,
    command: nameOf(self),
    definition,
    timeZone: options.zone,
    endpointUrl: endpointUrl(process.env),
    openPeriodEveryMs: 0,
    ...tally.listeners,
  })
  const summary = createLiveSummary(process.stdout, options.data)
  const rollups = startSchedule({
    everyMs: options.every * 1000,
    onError: tally.trouble,
    async run() {
      tally.rolledUp(readFigures(await pipeline.rollUp()))
      tally.leaders = await leadersOfToday(definition, pipeline)
    },
  })
  const shows = startSchedule({
    everyMs: process.stdout.isTTY ? showEveryMs : options.every * 1000,
    onError: tally.trouble,
    run: async () => summary.show({ ...tally.figures(), day: today(pipeline) }),
  })
  try {
    const producing = producePurchases(pipeline, options.rate, stopping, tally.sent)
    await Promise.race([producing, pipeline.died])
  } finally {
    await shows.stop()
    summary.done()
    process.stderr.write('Stopping.\n')
    await stopRollups(rollups)
    await pipeline.close()
  }
}

/** Counts what the parts of the running pipeline tell. */
function createTally() {
  const startedMs = Date.now()
  const counts = {
    sent: 0,
    applied: 0,
    rejected: 0,
  }
  let rolledUp = noFigures()
  let troubled: string | undefined
  const trouble = (error: unknown) => {
    troubled = error instanceof Error ? error.message : String(error)
  }
  const tally = {
    leaders: [] as readonly ResultRow[],
    trouble,
    sent: (records: number) => {
      counts.sent += records
    },
    rolledUp(run: WorkFigures) {
      rolledUp = sumFigures(rolledUp, run)
    },
    figures: () => ({
      ...counts,
      ...rolledUp,
      leaders: tally.leaders,
      trouble: troubled,
      ranMs: Date.now() - startedMs,
    }),
    listeners: {
      onProgress: ({ records }: { readonly records: number }) => {
        counts.applied += records
      },
      onRejected: (records: number) => {
        counts.rejected += records
      },
      onFunctionFailure: ({ error }: { readonly error: unknown }) => trouble(error),
      onGivenUp: (records: number) => trouble(new Error(`${records} events were given up`)),
    },
  }
  return tally
}

const exitInterrupted = 130

/**
 * Ctrl-C stops in good order, a second one at once. The listeners stay: what draws on the terminal
 * would raise the signal again if it found itself alone with it.
 */
function stopOnSignal(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(exitInterrupted)
      stopping.abort()
    })
  }
  return stopping.signal
}

/** Sends purchases to the stream at a rate until it is told to stop. */
function producePurchases(
  { clients, stream }: LocalPipeline,
  perSecond: number,
  stopping: AbortSignal,
  onSent: (records: number) => void,
): Promise<void> {
  const runId = randomUUID().slice(0, 8)
  return produce({
    perSecond,
    stopping,
    make: createPurchaseMaker({ random: Math.random, runId }),
    put: (records) => {
      let told = 0
      return putRecords({
        kinesis: clients.kinesis,
        stream,
        records,
        signal: stopping,
        onProgress: (taken) => {
          onSent(taken.records - told)
          told = taken.records
        },
      })
    },
  })
}

/** A run of the rollup that takes longer to end is cut short; the next one takes up what is left. */
const rollupEndsMs = 3_000

async function stopRollups(rollups: Schedule): Promise<void> {
  const waiting = new AbortController()
  const tooLong = sleep(rollupEndsMs, undefined, { signal: waiting.signal }).catch(() => undefined)
  await Promise.race([rollups.stop(), tooLong])
  waiting.abort()
}

function today({ timeZone }: Pick<LocalPipeline, 'timeZone'>): string {
  return createCalendar(timeZone).windowAt('day', Date.now()).name
}

async function leadersOfToday(
  definition: Definition,
  { stores, timeZone }: LocalPipeline,
): Promise<ResultRow[]> {
  const aggregation = chooseAggregation(definition, undefined)
  const data = { stores, timeZone, graceMs: defaultGraceMs }
  const reader = createReader(data, aggregation, Date.now())
  return readTop(reader, 'day', today({ timeZone }), shownLeaders)
}
