import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadResult, ThreadTask } from './play-on-threads.ts'
import { playSchedule } from './play-schedule.ts'

const { from, step, seeds } = workerData as ThreadTask

for (let at = 0; at < seeds; at++) {
  const seed = from + at * step
  const { events, counts, failure } = await playSchedule(seed, false)
  const result: ThreadResult = { seed, events, counts, failure: failure?.message }
  parentPort?.postMessage(result)
}
