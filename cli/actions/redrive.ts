import type { Command } from 'commander'
import { defaultGraceMs } from '../../lib/contract/defaults.ts'
import { createCalendar, type Definition, escapeSteering } from '../../lib/core/index.ts'
import { parseRange } from '../../lib/query/parse-range.ts'
import { type RedriveKind, redriveKinds } from '../../lib/redrive/redrive-kind.ts'
import { type RedriveResult, redrive as redriveAll } from '../../lib/redrive/redrive-kinds.ts'
import { isDataFolder } from '../../local/data-folder.ts'
import { endpointUrl } from '../../local/endpoint-url.ts'
import type { OpenData } from '../../local/open-data.ts'
import { startLocalPipeline } from '../../local/pipeline.ts'
import { rollUpAll } from '../../local/roll-up-all.ts'
import { NoData } from '../../local/source.ts'
import { Failure } from '../failure.ts'
import { nameOf, openSource, runningOn } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { type Progress, startProgress } from '../output/progress.ts'
import { type RedriveMode, redriveCells, redriveNotes } from '../output/redrive-summary.ts'
import { writeCells } from '../output/write-cells.ts'

export interface RedriveCommandOptions extends ReadingOptions {
  readonly from?: string
  readonly to?: string
  readonly dryRun?: boolean
}

/** What a redrive was asked for, and what shows how far it is. */
interface Task {
  readonly definition: Definition
  readonly kinds: readonly RedriveKind[]
  readonly options: RedriveCommandOptions
  readonly self: Command
  readonly progress: Progress
}

interface Outcome {
  readonly results: readonly RedriveResult[]
  readonly mode: RedriveMode
}

/** Puts back what waits, of one kind or of all. */
export async function redrive(
  definition: Definition,
  kind: RedriveKind | undefined,
  options: RedriveCommandOptions,
  self: Command,
): Promise<void> {
  const progress = await startProgress(process.stderr)
  const kinds = kind === undefined ? redriveKinds : [kind]
  await redriveAndTell({ definition, kinds, options, self, progress })
}

async function redriveAndTell(task: Task): Promise<void> {
  const { options, progress } = task
  let outcome: Outcome
  try {
    outcome = await work(task)
  } finally {
    progress.stop()
  }
  const { results, mode } = outcome
  await writeCells(options.format, redriveCells(results))
  for (const note of redriveNotes(results, mode)) process.stderr.write(`${note}\n`)
  const problems = results.flatMap(([, figures]) => figures.problems)
  for (const { message } of problems) process.stderr.write(`${escapeSteering(message)}\n`)
  if (problems.length > 0) {
    const objects = problems.length === 1 ? '1 object' : `${problems.length} objects`
    throw new Failure(`${objects} could not be read, and stayed where they are`)
  }
}

async function work(task: Task): Promise<Outcome> {
  const { definition, options, self } = task
  const running = await runningOn(options)
  const isOurs = options.stack === undefined && running === undefined
  if (isOurs && !options.dryRun) return redriveAndRollUp(task)
  await using open = await openSource(definition, self, options)
  const results = await redriveIn(open, task)
  return { results, mode: modeOf(options, running) }
}

function modeOf(
  { dryRun, stack }: RedriveCommandOptions,
  running: string | undefined,
): RedriveMode {
  if (dryRun) return { kind: 'dry run' }
  const nextRollup =
    stack === undefined
      ? `the next rollup of \`${running}\` counts their events, by the definition that it began with`
      : 'the next scheduled rollup counts their events, by the definition that is deployed'
  return { kind: 'marked', nextRollup }
}

/** Nobody else would roll up on a data folder that no command is using. */
async function redriveAndRollUp(task: Task): Promise<Outcome> {
  const { definition, options, self, progress } = task
  const folder = options.data
  if (!isDataFolder(folder)) throw new NoData({ folder })
  const pipeline = await startLocalPipeline({
    folder,
    command: nameOf(self),
    definition,
    timeZone: undefined,
    endpointUrl: endpointUrl(process.env),
    openPeriodEveryMs: 0,
  })
  const redriveThenRollUp = async (): Promise<Outcome> => {
    if ((await pipeline.stores.settings.read()) === undefined) throw new NoData({ folder })
    const results = await redriveIn({ ...pipeline, graceMs: defaultGraceMs }, task)
    // Also where nothing was taken: a redrive that was cut short may have left marks.
    const rolledUp = await rollUpAll(pipeline, (done, total) => {
      progress.at('rolled up', done, total)
    })
    return { results, mode: { kind: 'rolled up', ...rolledUp } }
  }
  try {
    return await Promise.race([redriveThenRollUp(), pipeline.died])
  } finally {
    await pipeline.close()
  }
}

/** Throws BadQuery where the range makes no sense. */
async function redriveIn(
  { stores, timeZone, graceMs }: Pick<OpenData, 'stores' | 'timeZone' | 'graceMs'>,
  { definition, kinds, options, progress }: Task,
): Promise<RedriveResult[]> {
  const { from, to, dryRun = false } = options
  const arrived = parseRange(createCalendar(timeZone), from, to)
  const onProgress = progress.at
  return redriveAll(definition, stores, kinds, {
    nowMs: Date.now,
    dryRun,
    arrived,
    graceMs,
    onProgress,
  })
}
