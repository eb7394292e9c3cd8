import { Command } from 'commander'
import { dayMs, type Pipeline } from '../lib/core/index.ts'
import type { Stores } from '../lib/deployment/stores.ts'
import { qualifiedName } from '../lib/ledger/unit.ts'
import { withData } from './open-data.ts'
import { dataOption, formatOption, type OutputOptions, stackOption, zoneOption } from './options.ts'
import { type Cells, numberCell, textCell } from './output/cells.ts'
import { jsonOf } from './output/json.ts'
import { writeCells } from './output/write-cells.ts'
import { countRejects, hourPrefixes } from './reject-count.ts'
import { unreadLines } from './unread-lines.ts'

interface Section {
  readonly name: string
  readonly lines: readonly Cells[]
}

const shownRuns = 5

export function statusCommand(pipeline: Pipeline): Command {
  return new Command('status')
    .summary('shards, changed hours, last runs, rejects')
    .description(
      'Shows how far the stream is, what waits for the rollup, what it last did and which lines of ' +
        'history it left out, what was rejected in the last day, and the batches that were given up ' +
        'and wait for a redrive.',
    )
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(stackOption())
    .addOption(formatOption())
    .action(async (options: OutputOptions) => {
      await withData(pipeline, 'twofold status', options, async (open) => {
        const running = textCell('running', open.running ?? null)
        const summary = [
          textCell('data', options.stack ?? options.data),
          textCell('timeZone', open.timeZone),
          running,
        ]
        const sections: Section[] = [
          { name: 'summary', lines: [summary] },
          { name: 'shards', lines: await shards(open.stores) },
          { name: 'changed', lines: await changed(open.stores) },
          { name: 'runs', lines: await runs(open.stores) },
          { name: 'unread', lines: await unreadLines(open.stores.refusedLines, pipeline) },
          { name: 'rejected', lines: await rejects(open.stores) },
          { name: 'failed', lines: await failedBatches(open.stores) },
        ]
        await write(options, sections)
      })
    })
}

async function write({ format }: OutputOptions, sections: readonly Section[]): Promise<void> {
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

async function shards({ progress }: Stores): Promise<Cells[]> {
  const lines: Cells[] = []
  for await (const { shard, sequenceNumber, arrivedMs, doneMs } of progress.list()) {
    lines.push([
      textCell('shard', shard),
      textCell('lastArrivedAt', new Date(arrivedMs).toISOString()),
      textCell('doneAt', new Date(doneMs).toISOString()),
      numberCell('lagMs', doneMs - arrivedMs),
      textCell('sequenceNumber', sequenceNumber),
    ])
  }
  return lines
}

async function changed({ changed: units, backlog }: Stores): Promise<Cells[]> {
  const lines: Cells[] = []
  const leftSince = await backlog.read()
  for (const kind of ['hour', 'day', 'week', 'month'] as const) {
    let count = 0
    let oldestMs = Number.POSITIVE_INFINITY
    for await (const { unit, markedAtMs } of units.list(kind)) {
      count++
      oldestMs = Math.min(oldestMs, leftSince.get(qualifiedName(unit)) ?? markedAtMs)
    }
    const oldest = count === 0 ? null : new Date(oldestMs).toISOString()
    lines.push([
      textCell('kind', kind),
      numberCell('changed', count),
      textCell('oldestChangeAt', oldest),
    ])
  }
  return lines
}

async function runs({ runs: rollupRuns }: Stores): Promise<Cells[]> {
  const lines: Cells[] = []
  for await (const run of rollupRuns.list()) {
    lines.push([
      textCell('startedAt', new Date(run.startedMs).toISOString()),
      numberCell('tookMs', run.endedMs - run.startedMs),
      numberCell('hours', run.foldedHours),
      numberCell('periods', run.mergedPeriods),
      numberCell('rowsWritten', run.rollupRowsWritten),
      numberCell('duplicatesDropped', run.duplicatesDropped),
      numberCell('unitsLeft', run.backlogUnits),
    ])
    if (lines.length === shownRuns) break
  }
  return lines
}

async function rejects({ rejects: store }: Stores): Promise<Cells[]> {
  const nowMs = Date.now()
  const counts = await countRejects(store, hourPrefixes(nowMs - dayMs, nowMs), () => true)
  return counts.map(({ reason, field, records }) => [
    textCell('reason', reason),
    textCell('field', field),
    numberCell('records', records),
  ])
}

async function failedBatches({ failedBatches: store }: Stores): Promise<Cells[]> {
  let count = 0
  for await (const _ of store.list()) count++
  return count === 0 ? [] : [[numberCell('batches', count)]]
}
