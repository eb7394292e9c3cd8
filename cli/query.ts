import { Command, Option } from 'commander'
import type { Aggregation, Grain, Pipeline } from '../lib/core/index.ts'
import { parseRange } from '../lib/query/parse-range.ts'
import { readKey } from '../lib/query/read-key.ts'
import { UsageError } from './failure.ts'
import { chooseAggregation, readerOf, withData } from './open-data.ts'
import {
  aggregationOption,
  dataOption,
  formatOption,
  grainOption,
  type OutputOptions,
  stackOption,
  zoneOption,
} from './options.ts'
import { fullCells, fullColumns, shortCells } from './output/cells.ts'
import { writeCells } from './output/write-cells.ts'

interface QueryOptions extends OutputOptions {
  readonly grain: Grain
  readonly key?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly fill?: boolean
  readonly aggregation?: string
}

export function queryCommand(pipeline: Pipeline): Command {
  const [first] = pipeline.aggregations
  const keyNames = first?.keyFields.map(({ name }) => `<${name}>`).join(' ') ?? '<values...>'
  const command = new Command('query')
    .summary("one key's rows")
    .description(
      "Shows one key's rows of a grain, in order of time.\n\n" +
        `A key of several fields is given in their order, --key ${keyNames}, or each by its name, ` +
        'or both: --key takes the fields that have not been named.',
    )
    .addOption(grainOption(['minute', 'day', 'week', 'month']))
    .addOption(new Option('--key <values...>', "the values of the key's fields, in their order"))
    .option(
      '--from <period>',
      'first period: a month, week, day, hour or minute; minutes need it, and end 31 days later',
    )
    .option('--to <period>', 'last period, inclusive')
    .option('--fill', 'show periods without events too')
    .addOption(aggregationOption())
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(stackOption())
    .addOption(formatOption())
    .action(async (options: QueryOptions, self: Command) => {
      const aggregation = chooseAggregation(pipeline, options.aggregation)
      const key = keyFrom(aggregation, options.key ?? [], self.opts())
      await withData(pipeline, 'twofold query', options, async (open) => {
        const reader = readerOf(open, aggregation)
        const range = parseRange(reader.calendar, options.from, options.to)
        const { grain, fill = false } = options
        const { rows, completeThrough } = await readKey(reader, { grain, key, range, fill })
        const cells = options.format === 'table' ? shortCells : fullCells
        await writeCells(options.format, rows.map(cells), fullColumns(aggregation))
        const none = rows.length === 0 ? 'No rows. ' : ''
        process.stderr.write(`${none}Complete through ${grain} ${completeThrough.name}.\n`)
      })
    })
  for (const name of keyFieldNames(pipeline)) {
    command.addOption(new Option(`--key-${name} <value>`, `the key's ${name}`))
  }
  return command
}

function keyFieldNames(pipeline: Pipeline): Set<string> {
  const names = pipeline.aggregations.flatMap(({ keyFields }) => keyFields.map(({ name }) => name))
  return new Set(names)
}

/** Named values go to their fields, the others to the fields that are left. Throws UsageError. */
function keyFrom(
  aggregation: Aggregation,
  inOrder: readonly string[],
  options: Readonly<Record<string, unknown>>,
): string[] {
  const left = [...inOrder]
  const values = aggregation.keyFields.map(({ name }) => {
    const named = options[`key${name.charAt(0).toUpperCase()}${name.slice(1)}`]
    return typeof named === 'string' ? named : left.shift()
  })
  const complete = values.filter((value) => value !== undefined)
  if (complete.length < values.length || left.length > 0) {
    const names = aggregation.keyFields.map(({ name }) => name)
    const missing = names.filter((_, at) => values[at] === undefined)
    throw new UsageError(
      `a key of ${aggregation.name} has these values: --key ` +
        `${names.map((name) => `<${name}>`).join(' ')}; ` +
        (missing.length > 0
          ? `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`
          : `${left.map((value) => JSON.stringify(value)).join(' and ')} is too much`),
    )
  }
  return complete
}
