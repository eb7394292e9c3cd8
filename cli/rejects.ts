import { Command } from 'commander'
import { createCalendar, escapeSteering, type Pipeline } from '../lib/core/index.ts'
import { parseRange } from '../lib/query/parse-range.ts'
import { type RejectLine, type Rejects, rejectsHour } from '../lib/records/rejects.ts'
import { isAskedFor } from '../lib/redrive/redrive-objects.ts'
import type { RedriveOptions } from '../lib/redrive/redrive-options.ts'
import { UnexpectedContent } from '../lib/store/unexpected-content.ts'
import { counted } from './counted.ts'
import { Failure } from './failure.ts'
import { withData } from './open-data.ts'
import { dataOption, formatOption, type OutputOptions, stackOption, zoneOption } from './options.ts'
import { type Cells, textCell } from './output/cells.ts'
import { type Format, writeCells } from './output/write-cells.ts'
import { unseenRejects } from './reject-count.ts'

interface RejectsOptions extends OutputOptions {
  readonly from?: string
  readonly to?: string
}

export function rejectsCommand(pipeline: Pipeline): Command {
  return new Command('rejects')
    .summary('rejected records, each with its field and reason')
    .description(
      'Shows the records that were rejected and not put back since, with the field at fault, the ' +
        'reason, and the record as it was received, of which a table shows the beginning.\n\n' +
        'Periods are those of arrival, as `redrive` takes them. The shard of a line that `run` ' +
        'could not send stands for its file, and the sequence number is that of the line.',
    )
    .option('--from <period>', 'first period of arrival: a month, week, day or hour')
    .option('--to <period>', 'last period of arrival, inclusive')
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(stackOption())
    .addOption(formatOption())
    .action(async (options: RejectsOptions) => {
      const unreadable = await withData(pipeline, 'twofold rejects', options, async (open) => {
        const arrived = parseRange(createCalendar(open.timeZone), options.from, options.to)
        return showRejects(open.stores.rejects, { arrived }, options.format)
      })
      if (unreadable > 0) throw new Failure(`${counted(unreadable, 'object')} could not be read`)
    })
}

/** Returns how many objects could not be read; each is named. */
async function showRejects(
  rejects: Rejects,
  range: Pick<RedriveOptions, 'arrived'>,
  format: Format,
): Promise<number> {
  const problems: string[] = []
  let records = 0
  const lines = async function* () {
    for await (const line of rejectLines(rejects, range, problems)) {
      records++
      yield cellsOf(line, format)
    }
  }
  await writeCells(format, lines(), columns)
  for (const problem of problems) process.stderr.write(`${escapeSteering(problem)}\n`)
  process.stderr.write(`${counted(records, 'rejected record')}.\n`)
  return problems.length
}

const columns = [
  'arrivedAt',
  'shard',
  'sequenceNumber',
  'field',
  'reason',
  'message',
  'data',
  'dataBase64',
]

/** Each record once, as they are counted, in order of arrival by the hour. */
async function* rejectLines(
  rejects: Rejects,
  range: Pick<RedriveOptions, 'arrived'>,
  problems: string[],
): AsyncGenerator<RejectLine> {
  const seen = new Set<string>()
  for await (const objectKey of rejects.list()) {
    try {
      if (!isAskedFor(range, rejectsHour(objectKey))) continue
      yield* unseenRejects(rejects, objectKey, seen)
    } catch (error) {
      if (!(error instanceof UnexpectedContent)) throw error
      problems.push(error.message)
    }
  }
}

function cellsOf(line: RejectLine, format: Format): Cells {
  return [
    textCell('arrivedAt', line.arrivedAt),
    textCell('shard', line.shard),
    textCell('sequenceNumber', line.sequenceNumber),
    textCell('field', line.field),
    textCell('reason', line.reason),
    textCell('message', line.message),
    ...(format === 'table' ? [textCell('data', beginning(line))] : dataCells(line)),
  ]
}

const dataCells = ({ data, dataBase64 }: RejectLine): Cells => [
  textCell('data', data ?? null),
  textCell('dataBase64', dataBase64 ?? null),
]

const shownCharacters = 80

/** A record may have a megabyte. */
function beginning({ data, dataBase64 }: RejectLine): string {
  const text = data ?? `base64:${dataBase64}`
  if (text.length <= shownCharacters) return text
  return `${text.slice(0, shownCharacters).toWellFormed()}…`
}
