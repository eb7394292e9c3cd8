import { noFigures, sumFigures } from '../contract/figures.ts'
import { metricsOf } from '../contract/metrics.ts'
import type { Log } from '../log/log.ts'
import { planBackfill } from '../rollup/plan-backfill.ts'
import type { RollupRequest } from '../rollup/request.ts'
import { rollUp } from '../rollup/roll-up.ts'
import {
  createRollup,
  type RollupOptions,
  type RollupSettings,
  type RollupStores,
} from '../rollup/rollup.ts'
import { workOnUnit } from '../rollup/work-on-unit.ts'
import type { Objects } from '../store/objects.ts'
import { type TimedVerify, verifyLastHours } from '../verify/verify-last-hours.ts'

/** What every request to one process is answered with. */
export interface RequestContext
  extends Pick<
    RollupOptions,
    'definition' | 'calendar' | 'keyRanges' | 'nowMs' | 'newToken' | keyof RollupSettings
  > {
  readonly stores: RollupStores & TimedVerify['stores'] & { readonly objects: Objects }
  readonly log: Log
}

/**
 * Does what a request asks for, and logs what came of it. The answer is the function's own. At
 * `deadlineMs` (epoch) it is stopped from outside, if it has not stopped by itself.
 */
export async function answerRequest(
  of: RequestContext,
  request: RollupRequest,
  deadlineMs: number,
): Promise<unknown> {
  const { log, stores } = of
  const context = contextFor(of, request, deadlineMs)
  if (request.kind === 'plan') return planBackfill(context, stores.objects, request)
  if (request.kind === 'unit') {
    const figures = await workOnUnit(context, request.unit)
    const metrics = metricsOf(figures)
    log('info', 'unit done', { kind: request.unit.kind, ...figures }, metrics)
    return figures
  }
  if (request.kind === 'verify') return verifyLastHours(context, request.hours, log)
  const result = await rollUp(context, log)
  const metrics = result.held && {
    ...metricsOf(sumFigures(noFigures(), result)),
    RunsCompleted: 1,
    OldestChangeAge: result.oldestChangeAgeMs / 1000,
  }
  log('info', 'rolled up', { ...result }, metrics || {})
  return result
}

function contextFor({ log: _, ...of }: RequestContext, request: RollupRequest, deadlineMs: number) {
  return createRollup({
    ...of,
    // Not the request's id: the same request may be delivered twice, and the lease must tell.
    runId: of.newToken(),
    deadlineMs,
    takeOver: request.kind === 'run' && request.takeOver,
    soleProcess: request.kind === 'run' && request.soleProcess,
    rewrite: request.kind === 'unit',
  })
}
