import { startSchedule } from '../../emulator/scheduler.ts'
import { watchedProcesses } from './child-processes.ts'

export interface FailureOptions {
  readonly random: () => number
  /** The share of the invocations that fail before the function is called, or after it was done. */
  readonly errorShare: number
  /** A function's process is killed about this often, whatever it is doing. */
  readonly crashEveryMs: number
}

export interface FailingFunctions {
  /** For `startLocalPipeline`. */
  around(name: string, invoke: () => Promise<unknown>): Promise<unknown>
  counts(): Readonly<Record<'invocations' | 'failedBefore' | 'failedAfter' | 'crashes', number>>
  stop(): Promise<void>
}

/** A failure of the kind that Lambda itself has: the function was not called, or its answer is lost. */
class InjectedFailure extends Error {
  override readonly name = 'InjectedFailure'
}

const crashTickMs = 200

/** Lets functions fail at random, and kills their processes. Call it once they are started. */
export function createFailingFunctions(options: FailureOptions): FailingFunctions {
  const { random, errorShare, crashEveryMs } = options
  const counts = { invocations: 0, failedBefore: 0, failedAfter: 0, crashes: 0 }
  const crashes = startSchedule({
    everyMs: crashTickMs,
    async run() {
      if (random() >= crashTickMs / crashEveryMs) return
      const functions = (await watchedProcesses()).filter(({ isFunction }) => isFunction)
      const victim = functions[Math.floor(random() * functions.length)]
      if (victim === undefined) return
      process.kill(victim.pid, 'SIGKILL')
      counts.crashes++
    },
    // It ended by itself in that very moment.
    onError: () => undefined,
  })
  return {
    counts: () => ({ ...counts }),
    stop: () => crashes.stop(),
    async around(name, invoke) {
      counts.invocations++
      const chance = random()
      if (chance < errorShare / 2) {
        counts.failedBefore++
        throw new InjectedFailure(`${name} was not called`)
      }
      const result = await invoke()
      if (chance >= errorShare) return result
      counts.failedAfter++
      throw new InjectedFailure(`The answer of ${name} was lost`)
    },
  }
}
