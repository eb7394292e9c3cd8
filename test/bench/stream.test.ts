import { describe, expect, it } from 'vitest'
import { invocationShapes, invocations } from '../../bench/stream/invocations.ts'
import { Stopwatch } from '../../bench/stream/stopwatch.ts'
import { streamPass } from '../../bench/stream/stream-pass.ts'
import pipeline from '../../pipeline.config.ts'
import { runBench } from './run-bench.ts'

describe('the batches of the benchmark of the stream function', () => {
  it.each(invocationShapes)('hold every event: $name', async (shape) => {
    const events = 12_050
    const batches = await invocations(shape, events, 1)
    expect(batches).toHaveLength(Math.ceil(events / shape.eventsPerBatch))
    const records = batches.reduce((total, batch) => total + batch.Records.length, 0)
    expect(records).toBe(Math.ceil(events / shape.eventsPerRecord))
    expect((await streamPass(pipeline, batches)).events).toBe(events)
  })
})

describe('a stopwatch', () => {
  it('counts what is done twice at once only once, and what fails too', async () => {
    const watch = new Stopwatch()
    const startedAt = performance.now()
    const failing = watch.during('work', () => Promise.reject(new Error('no')))
    await watch.during('work', () => watch.during('work', async () => undefined))
    await expect(failing).rejects.toThrow('no')
    expect(watch.msOf('work')).toBeGreaterThan(0)
    expect(watch.msOf('work')).toBeLessThanOrEqual(performance.now() - startedAt)
    expect(watch.msOf('other')).toBe(0)
  })
})

it('the benchmark of the stream function runs', async () => {
  const stdout = await runBench('stream', '--events', '2000', '--runs', '1')
  for (const { name } of invocationShapes) {
    expect(stdout).toMatch(new RegExp(`│ ${name} +(?:│ +[\\d.]+ +){8}│`))
  }
})
