import type { Command } from 'commander'
import { createCalendar, type Definition, escapeSteering } from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { parseRange } from '../../lib/query/parse-range.ts'
import { hoursToVerify } from '../../lib/verify/hours-to-verify.ts'
import { emptyTally, type Tally, tallyHour } from '../../lib/verify/tally.ts'
import type { UnverifiableHour } from '../../lib/verify/unverifiable-hour.ts'
import type { VerifyContext } from '../../lib/verify/verify-context.ts'
import { hoursAtOnce, verifyHours } from '../../lib/verify/verify-hours.ts'
import type { OpenData } from '../../local/open-data.ts'
import { Failure } from '../failure.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import type { Cells } from '../output/cells.ts'
import { type Progress, startProgress } from '../output/progress.ts'
import { verifyLines } from '../output/verify-lines.ts'
import { unverifiableSentence, verifyFailure, verifySentences } from '../output/verify-summary.ts'
import { writeCells } from '../output/write-cells.ts'

export interface VerifyOptions extends ReadingOptions {
  readonly from?: string
  readonly to?: string
  readonly aggregation?: string
  readonly unexplained?: boolean
}

export async function verify(
  definition: Definition,
  options: VerifyOptions,
  self: Command,
): Promise<void> {
  const failure = verifyFailure(await openAndVerify(definition, options, self))
  if (failure !== undefined) throw new Failure(failure)
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
  return await verifyAndTell({ ...definition, aggregations }, open, options)
}

/**
 * A data folder is small and its server slow at single requests. A deployed table may be of any size,
 * and keeps 840 hours unless told otherwise.
 */
const maxAskedHours = { folder: 24, stack: 1_000 }

async function verifyAndTell(
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
  const progress =
    forPeople || !process.stdout.isTTY ? await startProgress(process.stderr) : undefined
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
