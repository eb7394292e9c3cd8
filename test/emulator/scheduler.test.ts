import { describe, expect, test } from 'vitest'
import { startSchedule } from '../../emulator/scheduler.ts'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a schedule', () => {
  test('runs at once, then from start to start, or without a pause after a long run', async () => {
    const durationsMs = [5, 20, 33, 0]
    const starts: number[] = []
    let nowMs = 0
    const clock = {
      nowMs: () => nowMs,
      async sleep(ms: number) {
        nowMs += ms
      },
    }
    const done = Promise.withResolvers<void>()
    const run = async () => {
      nowMs += durationsMs[starts.push(nowMs) - 1] ?? 0
      if (starts.length > durationsMs.length) done.resolve()
    }
    const schedule = startSchedule({ everyMs: 20, run, onError: done.reject }, clock)
    await done.promise
    await schedule.stop()
    expect(starts.slice(0, 5)).toEqual([0, 20, 40, 73, 93])
  })

  test('never has two runs at once, however long they take', async () => {
    let running = 0
    let most = 0
    let runs = 0
    const run = async () => {
      running++
      most = Math.max(most, running)
      for (let turn = 0; turn < 10; turn++) await nextTurn()
      running--
      runs++
    }
    const clock = { nowMs: () => runs, sleep: nextTurn }
    const schedule = startSchedule({ everyMs: 1, run, onError: () => {} }, clock)
    await expect.poll(() => runs).toBeGreaterThan(3)
    await schedule.stop()
    expect(most).toBe(1)
    expect(running).toBe(0)
  })

  test('goes on after an error', async () => {
    const errors: unknown[] = []
    let runs = 0
    const run = async () => {
      runs++
      if (runs <= 2) throw new Error(`run ${runs}`)
    }
    const schedule = startSchedule({ everyMs: 1, run, onError: (error) => errors.push(error) })
    await expect.poll(() => runs).toBeGreaterThan(3)
    await schedule.stop()
    expect(errors.map(String)).toEqual(['Error: run 1', 'Error: run 2'])
  })

  test('stops at once while it pauses, and only after a run under way', async () => {
    let ended = false
    const run = Promise.withResolvers<void>()
    const running = startSchedule({ everyMs: 1e8, run: () => run.promise, onError: () => {} })
    const stopped = running.stop().then(() => {
      ended = true
    })
    await nextTurn()
    expect(ended).toBe(false)
    run.resolve()
    await stopped

    let runs = 0
    const pausing = startSchedule({ everyMs: 1e8, run: async () => ++runs, onError: () => {} })
    await nextTurn()
    await pausing.stop()
    expect(runs).toBe(1)
  })
})
