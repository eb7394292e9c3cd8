import { setTimeout as sleep } from 'node:timers/promises'

export type Schedule = {
  /** Waits for a run under way and starts no other. */
  stop(): Promise<void>
}

/**
 * Runs `run` at once and then every `everyMs`, counted from start to start. Never two at once: a
 * run that takes longer than `everyMs` is followed by the next one without a pause. An error goes
 * to `onError`, and the schedule goes on.
 */
export function startSchedule(options: {
  readonly everyMs: number
  readonly run: () => Promise<unknown>
  readonly onError: (error: unknown) => void
}): Schedule {
  const stopping = new AbortController()
  const ended = runUntil(stopping.signal, options)
  return {
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

async function runUntil(
  signal: AbortSignal,
  options: Parameters<typeof startSchedule>[0],
): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now()
    try {
      await options.run()
    } catch (error) {
      options.onError(error)
    }
    const pauseMs = Math.max(0, startedAt + options.everyMs - performance.now())
    // The only way that this sleep fails is being told to stop.
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}
