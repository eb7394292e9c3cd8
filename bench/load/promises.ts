import type { FaultKind, FaultRates } from '../../emulator/faults/fault-kinds.ts'
import type { MemoryFigures } from './memory-watch.ts'
import type { LoadReport } from './run-load.ts'

/** Something that must hold after a load, and whether it did. */
export interface Promised {
  readonly what: string
  readonly held: boolean
  /** What it was, for the reader. */
  readonly detail: string
}

/**
 * Memory may be this much more in the last third of a run than in the middle one, and no more. In the
 * first third, processes fill their heaps and caches: the embedded DynamoDB takes 60,000 puts of the
 * same rows to come to rest, at twice what it begins with.
 */
const allowedGrowth = { share: 0.15, bytes: 24 * 1024 * 1024 }

/** Below this, processes are still warming up, and rare faults may not have come. */
const judgedFromMs = 300_000

const drainWithinMs = 60_000

/** What is promised of every load. */
export function promisesOf(report: LoadReport, rates: FaultRates): Promised[] {
  const promised = [
    {
      what: 'lag returns to zero',
      held: report.drainMs <= drainWithinMs,
      detail: `${seconds(report.drainMs)} after the last record; ${seconds(drainWithinMs)} at most`,
    },
    {
      what: 'no record is given up',
      held: report.givenUpRecords === 0,
      detail: `${report.givenUpRecords} were`,
    },
    {
      what: 'every malformed record is kept',
      held: report.rejectedEvents === report.made.malformed,
      detail: `${report.rejectedEvents} of ${report.made.malformed}`,
    },
    ...report.rows.map(({ grain, rows, differences, examples }) => ({
      what: `${grain} rows are exact`,
      held: differences === 0 && rows > 0,
      detail: [`${differences} of ${rows} differ`, ...examples].join('\n'),
    })),
  ]
  if (report.producedMs < judgedFromMs) return promised
  return [...promised, ...report.memory.map(flatMemory), everyFault(report, rates)]
}

/** What the rule of the exactly-once lab adds. */
export function exactWithin(report: LoadReport, withinMs: number): Promised {
  return {
    what: `exact within ${seconds(withinMs)} of the last record`,
    held: report.settleMs <= withinMs && report.rows.every(({ differences }) => differences === 0),
    detail: `after ${seconds(report.settleMs)}`,
  }
}

function flatMemory({ role, middleThirdBytes, lastThirdBytes }: MemoryFigures): Promised {
  const { share, bytes } = allowedGrowth
  const grown = lastThirdBytes - middleThirdBytes
  const percent = Math.round((100 * grown) / middleThirdBytes)
  return {
    what: `memory of ${role} stays flat`,
    held: grown <= middleThirdBytes * share + bytes,
    detail: `${percent} %; ${100 * share} % and ${megabytes(bytes)} MB at most`,
  }
}

function everyFault({ faults }: LoadReport, rates: FaultRates): Promised {
  const missing = (Object.keys(rates) as FaultKind[]).filter((kind) => faults[kind] === 0)
  return {
    what: 'every fault was injected',
    held: missing.length === 0,
    detail: missing.length === 0 ? 'each at least once' : `not ${missing.join(', ')}`,
  }
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

export const megabytes = (bytes: number) => Math.round(bytes / 1024 ** 2)
