import Table from 'cli-table3'
import { allFaultKinds } from '../../emulator/faults/fault-kinds.ts'
import { quantile } from './memory-watch.ts'
import { megabytes, type Promised, seconds } from './promises.ts'
import type { LoadReport } from './run-load.ts'

const plain = { head: [], border: [] }

/** The figures of a load and what became of its promises, as tables for people. */
export function loadTables(report: LoadReport, promised: readonly Promised[]): string {
  const isFaulty = Object.values(report.faults).some((count) => count > 0)
  const tables = [
    figures(report),
    ...(isFaulty ? [faultTable(report)] : []),
    memoryTable(report),
    promiseTable(promised),
  ]
  return `${tables.join('\n')}\n`
}

function figures(report: LoadReport): Table.Table {
  const { made, functions, lagsMs } = report
  const table = new Table({ head: ['what', 'how much'], style: plain })
  const rate = (report.sent / report.producedMs) * 1000
  const percentiles = [0.5, 0.99].map((share) => seconds(quantile(lagsMs, share)))
  table.push(
    ['sending', seconds(report.producedMs)],
    ['records sent', grouped(report.sent)],
    ['records a second', grouped(Math.round(rate))],
    ['events, each to count once', grouped(made.events)],
    ['duplicates sent', grouped(made.duplicates)],
    ['malformed sent', grouped(made.malformed)],
    ['sent to applied, p50 and p99', percentiles.join(', ')],
    ['last record to all applied', seconds(report.drainMs)],
    ['last record to all rolled up', seconds(report.settleMs)],
    ['rollup runs, failed ones', `${report.rollupRuns}, ${report.failedRollups}`],
    ['batches that failed and came again', grouped(report.failedBatches)],
    ['invocations of functions', grouped(functions.invocations)],
    ['made to fail before, after', `${functions.failedBefore}, ${functions.failedAfter}`],
    ['functions killed', functions.crashes],
    ['requests through the proxies', grouped(report.requests)],
  )
  return table
}

function faultTable({ faults }: LoadReport): Table.Table {
  const table = new Table({ head: ['fault', 'injected'], style: plain })
  for (const kind of allFaultKinds) table.push([kind, grouped(faults[kind])])
  return table
}

function memoryTable({ memory }: LoadReport): Table.Table {
  const head = ['MB held by', 'first third', 'middle', 'last third', 'most', 'a minute']
  const table = new Table({ head, style: plain })
  for (const one of memory) {
    const { firstThirdBytes, middleThirdBytes, lastThirdBytes, mostBytes } = one
    const shown = [firstThirdBytes, middleThirdBytes, lastThirdBytes, mostBytes].map(megabytes)
    table.push([one.role, ...shown, (one.bytesPerMinute / 1024 ** 2).toFixed(2)])
  }
  return table
}

function promiseTable(promised: readonly Promised[]): Table.Table {
  const table = new Table({ head: ['promise', 'held', 'detail'], style: plain })
  for (const { what, held, detail } of promised) table.push([what, held ? 'yes' : 'NO', detail])
  return table
}

const grouped = (count: number) => count.toLocaleString('en-US')
