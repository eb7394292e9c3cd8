import { answerRequest as answer } from '../../lib/handlers/answer-request.ts'
import type { Log } from '../../lib/log/log.ts'
import type { RollupRequest } from '../../lib/rollup/request.ts'
import type { Objects } from '../../lib/store/objects.ts'
import type { contextAt } from './world.ts'

/** Has batch-rollup do what a request asks for, with the settings and the time of a context. */
export function answerRequest(
  request: RollupRequest,
  { stores, deadline, ...context }: ReturnType<typeof contextAt>,
  objects: Objects,
  log: Log,
): Promise<unknown> {
  const { nowMs, atMs } = deadline
  return answer({ ...context, nowMs, stores: { ...stores, objects }, log }, request, atMs)
}
