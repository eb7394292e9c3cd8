import type { MemoryWorld } from '../support/world.ts'
import { changedTexts } from '../support/world-rows.ts'
import type { DeployedDefinitions } from './deployed-definitions.ts'
import type { FaultSource } from './faults.ts'
import type { Operator } from './operator.ts'
import type { Scheduler } from './scheduler.ts'
import { graceMs, type SimulatedFunctions } from './simulated-functions.ts'
import type { SimulatedMapping } from './simulated-mapping.ts'
import type { Story } from './story.ts'
import type { Wire } from './wire.ts'

export interface ClosingOptions {
  readonly world: MemoryWorld
  readonly scheduler: Scheduler
  readonly faults: FaultSource
  readonly wire: Wire
  readonly story: Story
  readonly mapping: SimulatedMapping
  readonly functions: SimulatedFunctions
  readonly operator: Operator
  readonly definitions: DeployedDefinitions
  readonly rollUp: () => Promise<unknown>
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const maxClosingRuns = 12

/** Nothing goes wrong any more; the stream is worked off and every process comes to its end. */
export async function comeToRest(options: ClosingOptions): Promise<void> {
  const { scheduler, faults, wire, story, mapping, functions } = options
  faults.stop()
  wire.outages.end()
  story.tell(() => '-- from here on nothing goes wrong')
  while (!mapping.isDrained() || functions.running.size > 0) await scheduler.sleep(minuteMs)
}

/** Puts back what was refused or given up, and rolls up once all hours are over. */
export async function close(options: ClosingOptions): Promise<void> {
  const { world, scheduler, operator, definitions, rollUp } = options
  await definitions.correct()
  await comeToRest(options)
  await operator.redriveAll()
  // Events may be dated almost an hour ahead.
  await scheduler.sleep(2 * hourMs + graceMs)
  await comeToRest(options)
  for (let run = 0; run < maxClosingRuns; run++) {
    await rollUp()
    if ((await changedTexts(world)).length === 0) return
    // Marks of attempts, and units that workers held, run out with time.
    await scheduler.sleep(61 * minuteMs)
  }
}
