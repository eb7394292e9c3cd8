import type { WindowFoldOptions } from '../window-fold.ts'
import type { PlanUse } from './write-plan.ts'

/** What a fold by windows uses an engine for. */
export function windowUse({
  eachIdOnce,
  grain,
}: Pick<WindowFoldOptions, 'eachIdOnce' | 'grain'>): PlanUse {
  return {
    ids: eachIdOnce ? 'once-an-hour' : 'any',
    byLine: false,
    marksUncertain: false,
    asksForWindows: grain !== 'minute',
  }
}
