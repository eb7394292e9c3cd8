import type { Command } from 'commander'
import type { Definition, Grain } from '../../lib/core/index.ts'
import { chooseAggregation } from '../../lib/query/choose-aggregation.ts'
import { parseRange } from '../../lib/query/parse-range.ts'
import { readKey } from '../../lib/query/read-key.ts'
import { createReader } from '../../lib/query/reader.ts'
import { keyFrom } from '../key-options.ts'
import { openSource } from '../open-source.ts'
import type { ReadingOptions } from '../options.ts'
import { fullCells, fullColumns, shortCells } from '../output/cells.ts'
import { writeCells } from '../output/write-cells.ts'

export interface QueryOptions extends ReadingOptions {
  readonly grain: Grain
  readonly from?: string
  readonly to?: string
  readonly fill?: boolean
  readonly aggregation?: string
}

export async function query(
  definition: Definition,
  options: QueryOptions,
  self: Command,
): Promise<void> {
  const aggregation = chooseAggregation(definition, options.aggregation)
  const key = keyFrom(aggregation, self.opts())
  await using open = await openSource(definition, self, options)
  const reader = createReader(open, aggregation, Date.now())
  const range = parseRange(reader.calendar, options.from, options.to)
  const { grain, fill = false } = options
  const { rows, completeThrough } = await readKey(reader, { grain, key, range, fill })
  const cells = options.format === 'table' ? shortCells : fullCells
  await writeCells(options.format, rows.map(cells), fullColumns(aggregation))
  const none = rows.length === 0 ? 'No rows. ' : ''
  process.stderr.write(`${none}Complete through ${grain} ${completeThrough.name}.\n`)
}
