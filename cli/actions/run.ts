import type { Command } from 'commander'
import type { Definition } from '../../lib/core/index.ts'
import { arrivedFrom, countRejects } from '../../lib/query/count-rejects.ts'
import { endpointUrl } from '../../local/endpoint-url.ts'
import { type LocalPipeline, startLocalPipeline } from '../../local/pipeline.ts'
import { rollUpAll } from '../../local/roll-up-all.ts'
import { sendFiles } from '../../local/send-files.ts'
import { Failure } from '../failure.ts'
import { totalBytes } from '../input-files.ts'
import { nameOf } from '../open-source.ts'
import type { FolderOptions } from '../options.ts'
import type { Format } from '../output/format.ts'
import { type Progress, startProgress } from '../output/progress.ts'
import { writeRunSummary } from '../output/run-summary.ts'

export interface RunOptions extends FolderOptions {
  readonly format: Format
  readonly input: readonly string[]
}

export async function run(
  definition: Definition,
  options: RunOptions,
  self: Command,
): Promise<void> {
  const inputBytes = await totalBytes(options.input)
  const progress = await startProgress(process.stderr)
  const outcome = { applied: 0, givenUp: 0 }
  const pipeline = await startLocalPipeline({
    folder: options.data,
    command: nameOf(self),
    definition,
    timeZone: options.zone,
    endpointUrl: endpointUrl(process.env),
    openPeriodEveryMs: 0,
    onProgress: ({ records }) => {
      outcome.applied += records
      progress.at('applied', outcome.applied)
    },
    onGivenUp: (records) => {
      outcome.givenUp += records
    },
  })
  try {
    const work = runThrough(pipeline, options, inputBytes, progress)
    const problems = await Promise.race([work, pipeline.died])
    if (outcome.givenUp > 0) problems.push(`${outcome.givenUp} events were given up`)
    if (problems.length > 0) throw new Failure(problems.join('; '))
  } finally {
    progress.stop()
    await pipeline.close()
  }
}

/** Sends, waits until all is applied, rolls up and tells. Returns what a person must know of. */
async function runThrough(
  pipeline: LocalPipeline,
  options: RunOptions,
  inputBytes: number,
  progress: Progress,
): Promise<string[]> {
  const startedMs = Date.now()
  const sent = await sendFiles(pipeline, options.input, (bytes) =>
    progress.at('read', bytes, inputBytes),
  )
  await pipeline.mapping.drained(sent.lastSequenceNumbers)
  const rolledUp = await rollUpAll(pipeline, (done, total) => progress.at('rolled up', done, total))
  const arrived = { fromMs: startedMs, toMs: Date.now() }
  const isOurs = arrivedFrom(sent.firstSequenceNumbers)
  const refused = await countRejects(pipeline.stores.rejects, arrived, isOurs)
  const unsent = sent.unsent.map(({ reason, message }) => {
    return { reason, field: null, records: 1, message }
  })
  progress.stop()
  await writeRunSummary(options, {
    ...sent,
    ...rolledUp,
    rejects: [...refused, ...unsent],
    timeZone: pipeline.timeZone,
    tookMs: Date.now() - startedMs,
  })
  return [...sent.cutShort]
}
