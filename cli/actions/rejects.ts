import type { Command } from 'commander'
import { createCalendar, type Definition, escapeSteering } from '../../lib/core/index.ts'
import { listRejects } from '../../lib/query/list-rejects.ts'
import { parseRange } from '../../lib/query/parse-range.ts'
import { counted } from '../counted.ts'
import { Failure } from '../failure.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { rejectCells, rejectColumns } from '../output/reject-cells.ts'
import { writeCells } from '../output/write-cells.ts'

export interface RejectsOptions extends ReadingOptions {
  readonly from?: string
  readonly to?: string
}

export async function rejects(
  definition: Definition,
  options: RejectsOptions,
  self: Command,
): Promise<void> {
  const unreadable = await showRejects(definition, options, self)
  if (unreadable > 0) throw new Failure(`${counted(unreadable, 'object')} could not be read`)
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
