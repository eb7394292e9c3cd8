import {
  type Aggregation,
  type CalendarGrain,
  changedRows,
  Leaders,
  mergeRuns,
  type PartRow,
  type SortedRun,
  type Window,
  windowsWithin,
} from '../core/index.ts'
import type { ChangedUnit, PeriodUnit } from '../ledger/changed-units.ts'
import { unitName } from '../ledger/changed-units.ts'
import { maxLeaders } from '../rows/rollup-rows.ts'
import { type FinerPart, markLostParts } from './lost-parts.ts'
import { PartGone } from './parts.ts'
import { readUnit } from './read-unit.ts'
import { isAlive, isCommitted, type Replaced, replaceParts } from './replace-parts.ts'
import { aggregationNamed, type RollupContext } from './rollup-context.ts'

/** Of the period itself, and of those that it is made of. */
export interface MergedPeriod extends Replaced {
  readonly writtenRows: number
}

/**
 * Merges a period's finer parts (a day's hours, a week's or month's days) into its own, writes the
 * rows that changed, and clears its mark. Throws StorageTrouble, Superseded, OutOfTime, PartGone where
 * another run has replaced a finer part meanwhile, or PartLost where nobody has.
 */
export async function mergePeriod(
  context: RollupContext,
  changed: ChangedUnit<PeriodUnit>,
): Promise<MergedPeriod> {
  const { unit } = changed
  const { parts, rollups } = context.stores
  const aggregation = aggregationNamed(context.pipeline, unit.aggregation)
  const window = windowOf(context, unit.kind, unit.period)
  const ofParts = { kind: unit.kind, unit: unitName(unit), names: [''], hasRows: true }
  const before = await readUnit(context, ofParts)
  const finer = await finerParts(context, aggregation, window, unit.range)
  const leaders = new Leaders(aggregation, maxLeaders)
  let writtenRows = 0
  const replaced = await replaceParts(context, {
    ...ofParts,
    before,
    rows: () => showing(leaders, mergeRuns(aggregation, finer.parts.map(readPart(context)))),
    async publish([next], [current], unfinished, watch) {
      if (unit.kind === 'day') await markCoarser(context, unit, window)
      const currentRows = current && (await parts.readIfThere(current.objectKey))
      const cutShort = await Promise.all(unfinished.map((key) => parts.readIfThere(key)))
      const befores = [
        // What the rows are like whose part was lost is not known: all are written.
        currentRows ?? emptyRun(),
        ...(context.rewrite ? [emptyRun()] : []),
        ...cutShort.filter((run) => run !== undefined),
      ]
      const after = next === undefined ? emptyRun() : parts.read(next.objectKey)
      const rows = changedRows(after, befores)
      writtenRows = await rollups.write(aggregation, window, rows, context.nowMs(), watch)
      if (aggregation.rankBy !== undefined) {
        await rollups.putLeaders(aggregation, window, unit.range, leaders.leaders(), watch)
      }
    },
  }).catch(async (failure) => {
    if (failure instanceof PartGone) await markLostParts(context, finer.parts)
    throw failure
  })
  const settled = replaced.settled && !finer.beingReplaced
  const othersAlive = replaced.othersAlive || finer.beingReplaced
  if (settled) await context.stores.changed.clear(changed)
  return { settled, othersAlive, writtenRows }
}

function windowOf(context: RollupContext, grain: CalendarGrain, name: string): Window {
  const window = context.calendar.windowNamed(grain, name)
  if (window === undefined) throw new Error(`The ledger names a ${grain} that is none: ${name}`)
  return window
}

function readPart({ stores }: RollupContext): (finer: FinerPart) => SortedRun {
  return ({ part }) => stores.parts.read(part.objectKey)
}

async function* emptyRun(): AsyncGenerator<PartRow> {}

async function* showing(leaders: Leaders, rows: SortedRun): AsyncGenerator<PartRow> {
  for await (const row of rows) {
    leaders.show(row)
    yield row
  }
}

interface FinerParts {
  readonly parts: readonly FinerPart[]
  /** An attempt marks the coarser periods before its own parts are current. */
  readonly beingReplaced: boolean
}

/** Weeks are never merged into months, since no month is made of whole weeks. */
async function finerParts(
  context: RollupContext,
  aggregation: Aggregation,
  window: Window,
  range: number,
): Promise<FinerParts> {
  const finerGrain = window.grain === 'day' ? 'hour' : 'day'
  const windows = windowsWithin(context.calendar, finerGrain, window.fromMs, window.toMs)
  const units = windows.map(({ name, fromMs }) => {
    if (finerGrain === 'hour') {
      const unit = { kind: 'hour', hourMs: fromMs } as const
      return { unit, registeredAs: `${aggregation.name}#${name}`, part: `${window.name}#${range}` }
    }
    const unit = { kind: 'day', aggregation: aggregation.name, period: name, range } as const
    return { unit, registeredAs: unitName(unit), part: '' }
  })
  // Not as they are looked at: a process that slept since may have missed how one came to its end.
  const readMs = context.nowMs()
  const found = await Promise.all(
    units.map(async ({ unit, registeredAs, part: partName }) => {
      const read = await context.stores.registry.read(unit.kind, registeredAs)
      const part = read.current.find(({ name }) => name === partName)
      return {
        finer: part && { unit, registeredAs, part },
        alive: read.attempts.some((attempt) => {
          return isAlive(context, attempt, readMs) && !isCommitted(read, attempt)
        }),
      }
    }),
  )
  return {
    parts: found.map(({ finer }) => finer).filter((finer) => finer !== undefined),
    beingReplaced: found.some(({ alive }) => alive),
  }
}

async function markCoarser(context: RollupContext, day: PeriodUnit, window: Window): Promise<void> {
  const units = (['week', 'month'] as const).map((kind) => ({
    ...day,
    kind,
    period: context.calendar.windowAt(kind, window.fromMs).name,
  }))
  await context.stores.changed.mark(units, context.nowMs())
}
