import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a `run` was at when it was killed. Sending and applying go side by side. */
export const runPhases = ['starting', 'sending', 'applying', 'rolling up', 'unknown'] as const

export type RunPhase = (typeof runPhases)[number]

/** Phases that a run can be caught in as it comes to them. */
export const aimedPhases = ['sending', 'applying', 'rolling up'] as const

const lookEveryMs = 25

/** Resolves as a run is at a phase or past it; rejects when the signal says that it ended. */
export async function untilPhase(
  pid: number,
  input: string,
  phase: (typeof aimedPhases)[number],
  signal: AbortSignal,
): Promise<void> {
  const wanted = runPhases.indexOf(phase)
  while (runPhases.indexOf(phaseOf(pid, input)) < wanted) {
    await sleep(lookEveryMs, undefined, { signal })
  }
}

/**
 * What a `run` with this process id is doing, told from outside: whether it has its input open, and
 * which functions it has started. Only where the system has `/proc`.
 */
export function phaseOf(pid: number, input: string): RunPhase {
  if (process.platform !== 'linux') return 'unknown'
  const functions = childrenOf(pid).filter((command) => command.includes('lambda-host'))
  if (functions.some((command) => command.includes('batch-rollup'))) return 'rolling up'
  if (hasOpen(pid, input)) return 'sending'
  return functions.length > 0 ? 'applying' : 'starting'
}

function childrenOf(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        if (Number(parent) !== pid) return []
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        // It ended between the listing and the reading.
        return []
      }
    })
}

function hasOpen(pid: number, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === file
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}
