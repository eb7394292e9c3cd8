import type { Status } from '../../lib/query/read-status.ts'
import { type Cells, numberCell, textCell } from './cells.ts'
import { figuresOfStatus } from './figures.ts'
import type { Format } from './format.ts'
import { jsonOf } from './json.ts'
import { writeCells } from './write-cells.ts'

/** A status, and what it is of. */
export interface ShownStatus extends Status {
  readonly data: string
  readonly timeZone: string
  /** The command that is running on the data, if one is. */
  readonly running: string | null
}

interface Section {
  readonly name: string
  readonly lines: readonly Cells[]
}

/** Writes section below section, and for programs one object that has them all. */
export async function writeStatus(format: Format, status: ShownStatus): Promise<void> {
  const sections = statusSections(status)
  if (format === 'json' || format === 'ndjson') {
    const members = sections.map(({ name, lines }) => {
      return `${JSON.stringify(name)}:[${lines.map(jsonOf).join(',')}]`
    })
    process.stdout.write(`{${members.join(',')}}\n`)
    return
  }
  for (const { name, lines } of sections) {
    process.stdout.write(`${name === 'summary' ? '' : '\n'}${name.toUpperCase()}\n`)
    if (lines.length === 0) process.stdout.write('none\n')
    else await writeCells(format, lines)
  }
}

function statusSections(status: ShownStatus): Section[] {
  const { failedBatches } = status
  return [
    { name: 'summary', lines: [summaryCells(status)] },
    { name: 'shards', lines: status.shards.map(shardCells) },
    { name: 'changed', lines: status.changed.map(changedCells) },
    { name: 'runs', lines: status.runs.map(runCells) },
    { name: 'unread', lines: status.refusedLines.map(refusedCells) },
    { name: 'rejected', lines: status.rejects.map(rejectCells) },
    { name: 'failed', lines: failedBatches > 0 ? [[numberCell('batches', failedBatches)]] : [] },
  ]
}

const iso = (ms: number) => new Date(ms).toISOString()

const summaryCells = ({ data, timeZone, running }: ShownStatus): Cells => [
  textCell('data', data),
  textCell('timeZone', timeZone),
  textCell('running', running),
]

const shardCells = (shard: Status['shards'][number]): Cells => [
  textCell('shard', shard.shard),
  textCell('lastArrivedAt', iso(shard.lastArrivedMs)),
  textCell('doneAt', iso(shard.doneMs)),
  numberCell('lagMs', shard.lagMs),
  textCell('sequenceNumber', shard.sequenceNumber),
]

const changedCells = ({ kind, changed, oldestChangeMs }: Status['changed'][number]): Cells => [
  textCell('kind', kind),
  numberCell('changed', changed),
  textCell('oldestChangeAt', oldestChangeMs === null ? null : iso(oldestChangeMs)),
]

const runCells = (run: Status['runs'][number]): Cells => [
  textCell('startedAt', iso(run.startedMs)),
  numberCell('tookMs', run.endedMs - run.startedMs),
  ...figuresOfStatus(run),
]

const refusedCells = ({ refusedBy, hours, lines }: Status['refusedLines'][number]): Cells => [
  textCell('refusedBy', refusedBy),
  numberCell('hours', hours),
  numberCell('lines', lines),
]

const rejectCells = ({ reason, field, records }: Status['rejects'][number]): Cells => [
  textCell('reason', reason),
  textCell('field', field),
  numberCell('records', records),
]
