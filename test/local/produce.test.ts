import { expect, test } from 'vitest'
import { type ProducerOptions, produce } from '../../local/produce.ts'
import type { MadePurchase } from '../../local/purchases.ts'

const made: MadePurchase = { data: Buffer.from('{}'), partitionKey: 'any' }

/** Runs the producer by a clock of its own, in which every step takes `putMs` and the pauses. */
async function steps(perSecond: number, putMs: number, untilMs: number): Promise<number[]> {
  const stopping = new AbortController()
  const sent: number[] = []
  let clockMs = 0
  const pass = (ms: number) => {
    clockMs += ms
    if (clockMs >= untilMs) stopping.abort()
  }
  await produce({
    perSecond,
    stopping: stopping.signal,
    make: () => made,
    put: async (records) => {
      sent.push((await Array.fromAsync(records)).length)
      pass(putMs)
    },
    nowMs: () => clockMs,
    pause: async (ms) => pass(ms),
  })
  return sent
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

test('purchases are sent at their rate, fractions of one included', async () => {
  expect(sum(await steps(50, 0, 20_000))).toBeGreaterThanOrEqual(985)
  expect(sum(await steps(50, 0, 20_000))).toBeLessThanOrEqual(1_000)
  expect(sum(await steps(1, 0, 20_000))).toBeGreaterThanOrEqual(18)
})

test('a stream that takes less gets a second of them at once, and no debt piles up', async () => {
  const sent = await steps(10_000, 30_000, 600_000)
  expect(sent.length).toBeGreaterThan(10)
  expect(Math.max(...sent)).toBe(10_000)
})

test('a step ends when the producer is told to stop, and makes no more', async () => {
  const stopping = new AbortController()
  let count = 0
  let clockMs = 0
  const options: ProducerOptions = {
    perSecond: 10_000,
    stopping: stopping.signal,
    make: () => {
      if (++count === 7) stopping.abort()
      return made
    },
    put: async (records) => {
      for await (const _ of records) stopping.signal.aborted
      stopping.signal.throwIfAborted()
    },
    nowMs: () => (clockMs += 500),
    pause: async () => undefined,
  }
  await produce(options)
  expect(count).toBe(7)
})

test('trouble of the stream is thrown', async () => {
  let clockMs = 0
  const options: ProducerOptions = {
    perSecond: 10,
    stopping: new AbortController().signal,
    make: () => made,
    put: async () => {
      throw new Error('gone')
    },
    nowMs: () => (clockMs += 500),
    pause: async () => undefined,
  }
  await expect(produce(options)).rejects.toThrow('gone')
})
