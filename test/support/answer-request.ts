import { answerRequest as answer } from '../../lib/handlers/answer-request.ts'
import type { Log } from '../../lib/log/log.ts'
import type { RollupRequest } from '../../lib/rollup/request.ts'
import type { RollupContext } from '../../lib/rollup/rollup-context.ts'
import type { Objects } from '../../lib/store/objects.ts'

/** Has batch-rollup do what a request asks for, with the settings and the time of a context. */
export function answerRequest(
  request: RollupRequest,
  { stores, ...context }: RollupContext,
  objects: Objects,
  log: Log,
): Promise<unknown> {
  return answer({ ...context, stores: { ...stores, objects }, log }, request, context.deadlineMs)
}
