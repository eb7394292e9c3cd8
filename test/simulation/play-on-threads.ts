import { Worker } from 'node:worker_threads'
import type { FaultCounts } from './faults.ts'

/** What a thread tells of one schedule. */
export interface ThreadResult {
  readonly seed: number
  readonly events: number
  readonly counts: FaultCounts
  /** What was wrong, if anything was. */
  readonly failure: string | undefined
}

export interface ThreadTask {
  readonly from: number
  /** Every `step`-th seed from `from` on is the thread's. */
  readonly step: number
  readonly seeds: number
}

export interface ThreadsOptions {
  readonly from: number
  readonly seeds: number
  readonly threads: number
  readonly stopAtFirst: boolean
}

/** Plays schedules on threads, and gives each result as it comes. */
export async function playOnThreads(
  { from, seeds, threads, stopAtFirst }: ThreadsOptions,
  onResult: (result: ThreadResult) => void,
): Promise<void> {
  const count = Math.min(threads, seeds)
  const workers = Array.from({ length: count }, (_, index) => {
    const workerData: ThreadTask = {
      from: from + index,
      step: count,
      seeds: Math.ceil((seeds - index) / count),
    }
    return new Worker(new URL('./simulation-thread.ts', import.meta.url), { workerData })
  })
  const stopAll = () => Promise.all(workers.map((worker) => worker.terminate()))
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on('message', (result: ThreadResult) => {
            onResult(result)
            if (stopAtFirst && result.failure !== undefined) stopAll()
          })
          worker.once('error', reject)
          worker.once('exit', () => resolve())
        }),
    ),
  )
}
