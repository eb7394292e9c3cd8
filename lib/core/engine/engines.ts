import { Engine } from './engine.ts'
import type { Plan } from './plan.ts'
import type { PlanUse } from './write-plan.ts'

/** Engines that nobody uses at the moment. */
const idle: Engine[] = []

const maxIdle = 4
/** One that grew beyond is given back to the system. */
const maxIdleBytes = 64 * 1024 * 1024

/** An engine of its own for a plan and a use of it, until it is given back. */
export function takeEngine(plan: Plan, use: PlanUse): Engine {
  const at = idle.findIndex((one) => one.plan === plan && one.use === use)
  const [found] = at < 0 ? [] : idle.splice(at, 1)
  const engine = found ?? new Engine(plan, use)
  engine.begin()
  return engine
}

/** Nothing that was read from it as a view may be used any more. */
export function giveBack(engine: Engine): void {
  if (engine.usedBytes > maxIdleBytes) return
  idle.push(engine)
  if (idle.length > maxIdle) idle.shift()
}
