import { startSchedule } from '../../emulator/scheduler.ts'
import { watchedProcesses } from './child-processes.ts'

interface Sample {
  readonly atMs: number
  readonly residentBytes: number
}

/** How much memory the processes of one role held together over a run. */
export interface MemoryFigures {
  readonly role: string
  /** Medians of the thirds of the run. In the first, heaps and caches are still being filled. */
  readonly firstThirdBytes: number
  readonly middleThirdBytes: number
  readonly lastThirdBytes: number
  readonly mostBytes: number
  /** Of the straight line through the samples of the last two thirds. */
  readonly bytesPerMinute: number
}

export interface MemoryWatch {
  /** Takes no more samples, and tells what came of them. */
  stop(): Promise<readonly MemoryFigures[]>
}

/** Samples this process and its children; of a role with several processes, the largest counts. */
export function watchMemory(everyMs: number): MemoryWatch {
  const samples = new Map<string, Sample[]>()
  const sampling = startSchedule({
    everyMs,
    async run() {
      const atMs = performance.now()
      const byRole = Map.groupBy(await watchedProcesses(), ({ role }) => role)
      for (const [role, some] of byRole) {
        const residentBytes = Math.max(...some.map((one) => one.residentBytes))
        samples.set(role, [...(samples.get(role) ?? []), { atMs, residentBytes }])
      }
    },
    onError: (error) => {
      throw error
    },
  })
  return {
    async stop() {
      await sampling.stop()
      return [...samples].map(([role, some]) => figuresOf(role, some))
    },
  }
}

export function figuresOf(role: string, samples: readonly Sample[]): MemoryFigures {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const bytes = samples.map(({ residentBytes }) => residentBytes)
  return {
    role,
    firstThirdBytes: median(bytes.slice(0, third)),
    middleThirdBytes: median(bytes.slice(third, -third)),
    lastThirdBytes: median(bytes.slice(-third)),
    mostBytes: Math.max(...bytes),
    bytesPerMinute: slope(samples.slice(third)) * 60_000,
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Bytes per ms, by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const meanMs = mean(samples.map(({ atMs }) => atMs))
  const meanBytes = mean(samples.map(({ residentBytes }) => residentBytes))
  let together = 0
  let spread = 0
  for (const { atMs, residentBytes } of samples) {
    together += (atMs - meanMs) * (residentBytes - meanBytes)
    spread += (atMs - meanMs) ** 2
  }
  return spread === 0 ? 0 : together / spread
}
