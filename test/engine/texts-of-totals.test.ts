import { expect, it } from 'vitest'
import {
  beginWindowFold,
  createCalendar,
  decimal,
  definePipeline,
  ReferenceWindowFold,
  string,
  sum,
  type TotalSyntax,
  times,
  timestamp,
  type WindowFold,
} from '../../lib/core/index.ts'

const tiny = decimal({ scale: 15 })
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const
const definition = definePipeline({
  timeZone: 'UTC',
  event: {
    id: string({ minBytes: 1 }),
    at: timestamp(),
    k: string(),
    ...{ a: tiny, b: tiny, c: tiny, d: tiny, e: tiny, f: tiny, g: tiny },
  },
  id: 'id',
  time: 'at',
  aggregations: { all: { key: ['k'], measures: { product: sum(times(...names)) } } },
})

const syntax: TotalSyntax = {
  windowText: ({ name }) => `${name} `,
  keyText: (key) => key,
  before: [' '],
  none: '-',
  end: '\n',
}

function textsOf(fold: WindowFold): string {
  return Array.from(fold.texts(syntax), ({ text }) => Buffer.from(text).toString()).join('')
}

it('totals of the most decimals that there may be are written as text, and folding goes on', () => {
  const [aggregation] = definition.aggregations
  if (aggregation === undefined) throw new Error('There is no aggregation')
  const calendar = createCalendar('UTC')
  const nowMs = Date.parse('2026-02-01T00:00:00Z')
  const options = {
    definition,
    aggregation,
    grain: 'day',
    calendar,
    eachIdOnce: true,
    nowMs,
  } as const
  const folds = [new ReferenceWindowFold(options), beginWindowFold(options)]
  for (let day = 1; day <= 9; day++) {
    const values = names.map((name) => `"${name}":0.000000000000001`).join()
    const at = `2026-01-0${day}T00:30:00Z`
    const line = Buffer.from(`{"id":"${day}","at":"${at}","k":"key",${values}}\n`)
    const [expected, found] = folds.map((fold) => {
      fold.room(line.length).set(line)
      fold.add(line.length)
      return textsOf(fold)
    })
    expect(found).toBe(expected)
    expect(found?.split('\n')[0]).toBe(`2026-01-01 key 0.${'0'.repeat(104)}1`)
  }
})
