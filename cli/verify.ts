import { Command } from 'commander'
import { createCalendar, type Definition, escapeSteering } from '../lib/core/index.ts'
import { chooseAggregation } from '../lib/query/choose-aggregation.ts'
import { parseRange } from '../lib/query/parse-range.ts'
import { hoursToVerify } from '../lib/verify/hours-to-verify.ts'
import { emptyTally, type Tally, tallyHour } from '../lib/verify/tally.ts'
import type { UnverifiableHour } from '../lib/verify/unverifiable-hour.ts'
import type { VerifyContext } from '../lib/verify/verify-context.ts'
import { hoursAtOnce, verifyHours } from '../lib/verify/verify-hours.ts'
import type { OpenData } from '../local/open-data.ts'
import { Failure } from './failure.ts'
import { openSource } from './open-source.ts'
import { addReadingOptions, aggregationOption, type ReadingOptions } from './options.ts'
import type { Cells } from './output/cells.ts'
import { type Progress, startProgress } from './output/progress.ts'
import { verifyLines } from './output/verify-lines.ts'
import { unverifiableSentence, verifyFailure, verifySentences } from './output/verify-summary.ts'
import { writeCells } from './output/write-cells.ts'

interface VerifyOptions extends ReadingOptions {
  readonly from?: string
  readonly to?: string
  readonly aggregation?: string
  readonly unexplained?: boolean
}

export function verifyCommand(definition: Definition): Command {
  const command = new Command('verify')
    .summary('minute rows compared with history')
    .description(
      'Folds history, compares every key and minute of it with the minute rows that readers see, ' +
        'and explains each difference. Ends with exit code 1 where one is not explained, or where ' +
        'something stored is damaged.\n\n' +
        'Whole hours (UTC) are compared, each by itself: those that --from and --to touch, or all ' +
        'that minute rows are kept for. Hours whose minute rows are past their retention are only ' +
        'counted.',
    )
    .option('--from <period>', 'first period: a month, week, day, hour or minute')
    .option('--to <period>', 'last period, inclusive')
    .option('--unexplained', 'list only the differences that nothing explains')
    .addOption(aggregationOption('all'))
    .action(async (options: VerifyOptions, self: Command) => {
      const tally = await openAndVerify(definition, options, self)
      const failure = verifyFailure(tally)
      if (failure !== undefined) throw new Failure(failure)
    })
  return addReadingOptions(command)
}

async function openAndVerify(
  definition: Definition,
  options: VerifyOptions,
  self: Command,
): Promise<Tally> {
  const { aggregation } = options
  const aggregations =
    aggregation === undefined
      ? definition.aggregations
      : [chooseAggregation(definition, aggregation)]
  await using open = await openSource(definition, self, options)
  return await verify({ ...definition, aggregations }, open, options)
}

/**
 * A data folder is small and its server slow at single requests. A deployed table may be of any size,
 * and keeps 840 hours unless told otherwise.
 */
const maxAskedHours = { folder: 24, stack: 1_000 }

async function verify(
  definition: Definition,
  open: OpenData,
  options: VerifyOptions,
): Promise<Tally> {
  const context = {
    definition,
    stores: open.stores,
    graceMs: open.graceMs,
    nowMs: Date.now,
  }
  const calendar = createCalendar(open.timeZone)
  const range = parseRange(calendar, options.from, options.to) ?? {
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
  }
  const tally = emptyTally(range)
  const forPeople = options.format === 'table'
  // A table comes at the end; lines that come one by one would run through a bar beside them.
  const progress = forPeople || !process.stdout.isTTY ? startProgress(process.stderr) : undefined
  try {
    const { hours, pastRetention } = await hoursToVerify(context, range, {
      maxAskedHours: options.stack === undefined ? maxAskedHours.folder : maxAskedHours.stack,
      onAsked: (done, total) => progress?.at('searched', done, total),
    })
    tally.pastRetentionHours = pastRetention
    tally.found = hours
    await writeCells(options.format, lines(context, hours, options, tally, progress))
  } finally {
    progress?.stop()
  }
  // What is damaged is named with what stands in it, which may be anybody's.
  const notes = [...tally.notBatches.values(), ...tally.unverifiable.map(unverifiableSentence)]
  for (const note of notes) process.stderr.write(`${escapeSteering(note)}\n`)
  const stream = forPeople ? process.stdout : process.stderr
  stream.write(verifySentences(tally))
  return tally
}

async function* lines(
  context: VerifyContext,
  hours: readonly number[],
  options: VerifyOptions,
  tally: Tally,
  progress: Progress | undefined,
): AsyncGenerator<Cells> {
  const lineOptions = {
    unexplainedOnly: options.unexplained ?? false,
    noExplanation: options.format === 'table' ? 'unexplained' : null,
  }
  let done = 0
  progress?.at('verified', done, hours.length)
  const onUnverifiable = (hour: UnverifiableHour) => {
    tally.unverifiable.push(hour)
    progress?.at('verified', ++done, hours.length)
  }
  for await (const verified of verifyHours(context, hours, hoursAtOnce, onUnverifiable)) {
    tallyHour(tally, verified)
    progress?.at('verified', ++done, hours.length)
    yield* verifyLines(context.definition.aggregations, verified, lineOptions)
  }
  progress?.stop()
}
