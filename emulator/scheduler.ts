import { setTimeout as sleep } from 'node:timers/promises'

/** What a schedule tells the time by. */
export type ScheduleClock = {
  /** Milliseconds from any moment on; never goes back. */
  nowMs(): number
  /** Rejects when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>
}

type ScheduleOptions = {
  readonly everyMs: number
  readonly run: () => Promise<unknown>
  readonly onError: (error: unknown) => void
}

const machineClock: ScheduleClock = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

export type Schedule = {
  /** Waits for a run under way and starts no other. */
  stop(): Promise<void>
}

/**
 * Runs `run` at once and then every `everyMs`, counted from start to start. Never two at once: a
 * run that takes longer than `everyMs` is followed by the next one without a pause. An error goes
 * to `onError`, and the schedule goes on.
 */
export function startSchedule(options: ScheduleOptions, clock = machineClock): Schedule {
  const stopping = new AbortController()
  const ended = runUntil(stopping.signal, options, clock)
  return {
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

async function runUntil(
  signal: AbortSignal,
  options: ScheduleOptions,
  clock: ScheduleClock,
): Promise<void> {
  while (!signal.aborted) {
    const startedMs = clock.nowMs()
    try {
      await options.run()
    } catch (error) {
      options.onError(error)
    }
    const pauseMs = Math.max(0, startedMs + options.everyMs - clock.nowMs())
    // The only way that this sleep fails is being told to stop.
    await clock.sleep(pauseMs, signal).catch(() => {})
  }
}
