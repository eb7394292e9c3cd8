import { describe, expect, it } from 'vitest'
import type { Aggregation } from '../../lib/core/index.ts'
import { BadQuery } from '../../lib/query/bad-query.ts'
import { readKey } from '../../lib/query/read-key.ts'
import { createReader } from '../../lib/query/reader.ts'
import { byPrice, byProduct } from '../support/sales.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const nowMs = at('17T00:30:00')

/** A day's sales at prices of 1.5 and 2, rolled up. */
async function soldWorld() {
  const world = memoryWorld()
  const lines = [
    sale('1', '16T10:00:00', 'a', { price: '1.50', quantity: 3 }),
    sale('2', '16T10:00:30', '007', { price: '2', quantity: 4 }),
  ]
  await deliver(world, 1, 1, lines, at('16T10:30:00'))
  await run(world, nowMs)
  return world
}

async function ask(aggregation: Aggregation, key: readonly (string | undefined)[]) {
  const stores = storesOn(await soldWorld(), () => nowMs)
  const reader = createReader({ stores, timeZone: 'UTC', graceMs: 300_000 }, aggregation, nowMs)
  const query = { grain: 'day', key, range: undefined, fill: false } as const
  const { rows } = await readKey(reader, query)
  return rows.map((row) => row.measures[0]?.value)
}

describe('a key that is asked for', () => {
  it.each([
    ['1.5', ['3']],
    ['1.50', ['3']],
    ['15e-1', ['3']],
    ['2', ['4']],
    ['2.0', ['4']],
    ['3', []],
  ])('is found however its number is written: %s', async (text, found) => {
    expect(await ask(byPrice, [text])).toEqual(found)
  })

  it('is taken as it is where it is text', async () => {
    expect(await ask(byProduct, ['007'])).toEqual(['1'])
    expect(await ask(byProduct, ['7'])).toEqual([])
  })

  it.each([
    ['1,5', '"1,5" is no price, which is a number'],
    ['', '"" is no price, which is a number'],
    ['1.505', '"1.505" is no price, which has 2 decimals at most'],
    ['1e500', '"1e500" is too large a number to be a price'],
  ])('is refused where its number is none: %j', async (text, problem) => {
    const asked = ask(byPrice, [text])
    await expect(asked).rejects.toThrow(BadQuery)
    await expect(asked).rejects.toThrow(problem)
  })

  it('is refused where it has more values or fewer than there are fields', async () => {
    await expect(ask(byPrice, [])).rejects.toThrow(
      'a key of by-price has a value each for price, not 0',
    )
    await expect(ask(byPrice, ['1', '2'])).rejects.toThrow(BadQuery)
  })
})
