import type { WorkFigures } from '../../lib/contract/figures.ts'
import type { Log, Metrics } from '../../lib/log/log.ts'
import { planBackfill } from '../../lib/rollup/plan-backfill.ts'
import type { RollupRequest } from '../../lib/rollup/request.ts'
import { rollUp } from '../../lib/rollup/roll-up.ts'
import type { Rollup } from '../../lib/rollup/rollup.ts'
import { workOnUnit } from '../../lib/rollup/work-on-unit.ts'
import type { Objects } from '../../lib/store/objects.ts'
import { type TimedVerify, verifyLastHours } from '../../lib/verify/verify-last-hours.ts'

/** Does what a request asks for, and logs what came of it. The answer is the function's own. */
export async function answerRequest(
  request: RollupRequest,
  context: Rollup & TimedVerify,
  objects: Objects,
  log: Log,
): Promise<unknown> {
  if (request.kind === 'plan') return planBackfill(context, objects, request)
  if (request.kind === 'unit') {
    const figures = await workOnUnit(context, request.unit)
    log('info', 'unit done', { kind: request.unit.kind, ...figures }, metricsOf(figures))
    return figures
  }
  if (request.kind === 'verify') return verifyLastHours(context, request.hours, log)
  const result = await rollUp(context, log)
  const metrics = result.held && {
    ...metricsOf(result),
    RunsCompleted: 1,
    OldestChangeAge: result.oldestChangeAgeMs / 1000,
  }
  log('info', 'rolled up', { ...result }, metrics || {})
  return result
}

function metricsOf(figures: WorkFigures): Metrics {
  return {
    HoursFolded: figures.foldedHours,
    PeriodsMerged: figures.mergedPeriods,
    RollupRowsWritten: figures.rollupRowsWritten,
    DuplicatesDropped: figures.duplicatesDropped,
    UnreadableLines: figures.refusedLines,
  }
}
