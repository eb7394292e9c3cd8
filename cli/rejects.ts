import { Command } from 'commander'
import { createCalendar, type Definition, escapeSteering } from '../lib/core/index.ts'
import { listRejects } from '../lib/query/list-rejects.ts'
import { parseRange } from '../lib/query/parse-range.ts'
import { counted } from './counted.ts'
import { Failure } from './failure.ts'
import { openSource } from './open-source.ts'
import { addReadingOptions, type ReadingOptions } from './options.ts'
import { rejectCells, rejectColumns } from './output/reject-cells.ts'
import { writeCells } from './output/write-cells.ts'

interface RejectsOptions extends ReadingOptions {
  readonly from?: string
  readonly to?: string
}

export function rejectsCommand(definition: Definition): Command {
  const command = new Command('rejects')
    .summary('rejected records, each with its field and reason')
    .description(
      'Shows the records that were rejected and not put back since, with the field at fault, the ' +
        'reason, and the record as it was received, of which a table shows the beginning.\n\n' +
        'Periods are those of arrival, as `redrive` takes them. The shard of a line that `run` ' +
        'could not send stands for its file, and the sequence number is that of the line.',
    )
    .option('--from <period>', 'first period of arrival: a month, week, day or hour')
    .option('--to <period>', 'last period of arrival, inclusive')
    .action(async (options: RejectsOptions, self: Command) => {
      const unreadable = await showRejects(definition, options, self)
      if (unreadable > 0) throw new Failure(`${counted(unreadable, 'object')} could not be read`)
    })
  return addReadingOptions(command)
}

/** Returns how many objects could not be read; each is named. */
async function showRejects(
  definition: Definition,
  { from, to, format, ...source }: RejectsOptions,
  self: Command,
): Promise<number> {
  await using open = await openSource(definition, self, source)
  const arrived = parseRange(createCalendar(open.timeZone), from, to)
  const problems: string[] = []
  let records = 0
  const lines = async function* () {
    const onProblem = ({ message }: Error) => problems.push(message)
    for await (const line of listRejects(open.stores.rejects, arrived, onProblem)) {
      records++
      yield rejectCells(line, format)
    }
  }
  await writeCells(format, lines(), rejectColumns)
  for (const problem of problems) process.stderr.write(`${escapeSteering(problem)}\n`)
  process.stderr.write(`${counted(records, 'rejected record')}.\n`)
  return problems.length
}
