import { describe, it } from 'vitest'
import { createCalendar, Lines, type WindowFoldOptions } from '../../lib/core/index.ts'
import { definitionOf } from './definition-plan.ts'
import { batchDecoders, historyFolds, windowFolds } from './implementations.ts'
import { decimals, planOf, rfc3339, text, whole } from './plan-definition.ts'
import { sameBatches } from './same-batches.ts'
import { sameHistories } from './same-histories.ts'
import { sameWindows } from './same-windows.ts'

/* As shortcuts.test.ts has it for lines, for what is kept of many. */

const every = (length: number) => [...Array(length).keys()]
const minuteMs = 60_000
const hourMs = 3_600_000
const startMs = Date.parse('2026-11-28T10:00:00Z')

const definition = definitionOf(
  planOf(
    {
      id: text(1, 64),
      at: rfc3339,
      'k?': text(0, 64),
      'n?': whole(),
      'a?': decimals(2),
      'b?': whole(),
    },
    [
      {
        key: ['k', 'n'],
        measures: [
          { kind: 'count', fields: [] },
          { kind: 'sum', fields: ['a'] },
          { kind: 'sum', fields: ['b', 'n'] },
          { kind: 'min', fields: ['a'] },
          { kind: 'max', fields: ['a'] },
        ],
      },
      { key: ['k'], measures: [{ kind: 'sum', fields: ['b', 'b'] }] },
      { key: ['k'], measures: [{ kind: 'max', fields: ['b'] }] },
    ],
  ),
)

interface Event {
  readonly id?: string
  readonly atMs?: number
  /** The members besides. */
  readonly more?: string
  /** What stands behind the object. */
  readonly behind?: string
}

const eventText = ({ id = 'i', atMs = startMs, more = '', behind = '' }: Event) =>
  `{"id":"${id}","at":"${new Date(atMs).toISOString()}"${more && `,${more}`}}${behind}`

const linesOf = (events: readonly Event[]) =>
  Lines.of(events.map((event) => Buffer.from(eventText(event))))

/** Compares them as a batch, as history in two chunks, and as text in windows of every grain. */
function compareEvents(events: readonly Event[], timeZone = 'UTC'): void {
  sameBatches(batchDecoders, [
    { definition, lines: linesOf(events), froms: [0, events.length >> 1] },
  ])
  compareHistory(events)
  for (const grain of ['minute', 'day', 'month'] as const) compareText(events, { grain, timeZone })
}

function compareHistory(events: readonly Event[]): void {
  const half = events.length >> 1
  const chunks = [events.slice(0, half), events.slice(half)].map((part) => {
    return { lines: linesOf(part), mayBeMissing: false }
  })
  sameHistories(historyFolds, [{ definition, chunks }])
}

interface TextOptions {
  readonly grain: WindowFoldOptions['grain']
  readonly timeZone?: string
}

function compareText(events: readonly Event[], { grain, timeZone = 'UTC' }: TextOptions): void {
  const rooms = [Buffer.from(events.map((event) => `${eventText(event)}\n`).join(''))]
  const [aggregation] = definition.aggregations
  if (aggregation === undefined) throw new RangeError('There is no aggregation')
  const shared = { definition, aggregation, grain, calendar: createCalendar(timeZone), nowMs: 9e15 }
  sameWindows(
    windowFolds,
    [true, false].map((eachIdOnce) => ({ options: { ...shared, eachIdOnce }, rooms })),
  )
}

/** Of each one an event in the first minute, then in the second, then in the first again. */
const inMinutes = (events: readonly Event[]) =>
  [0, 1, 0].flatMap((minute) =>
    events.map((event, at) => ({
      ...event,
      id: `${minute}-${at}`,
      atMs: startMs + minute * minuteMs,
    })),
  )

describe('engine and reference make the same of keys', () => {
  it('that are many, and come again', () => {
    compareEvents(inMinutes(every(700).map((at) => ({ more: `"k":"key ${at}","a":${at}` }))))
  })

  it('that differ in their last bytes alone', () => {
    const ends = ['', 'a', 'b', 'aa', 'ab', 'aaaaaaa', 'aaaaaab', 'aaaaaaaa', 'aaaaaaab']
    const keys = ends.flatMap((end) => [end, `abcdefgh${end}`])
    compareEvents(
      inMinutes(
        keys.flatMap((key) => [`"k":"${key}"`, `"k":"${key}" ,"a":1`].map((more) => ({ more }))),
      ),
    )
  })

  it('that lack a value, or have an empty text or zero', () => {
    const keys = ['"b":1', '"k":""', '"n":0', '"k":"","n":0', '"k":null,"n":0', '"k":"","n":null']
    for (const order of [keys, keys.toReversed()])
      compareEvents(inMinutes(order.map((more) => ({ more }))))
  })
})

describe('engine and reference make the same of text', () => {
  it('that stands behind an object', () => {
    const all = ['', ' ', '\t\r', 'x', '}', ',', '{}', ' {"a":1}', '\u0000', '"']
    compareEvents(all.map((behind, at) => ({ id: `i${at}`, behind })))
  })
})

describe('engine and reference make the same of windows', () => {
  it('that are many, and come again', () => {
    const minutes = every(200).map((at) => ({ id: `i${at}`, atMs: startMs + at * minuteMs }))
    const again = minutes.map(({ id, atMs }) => ({ id: `${id}+`, atMs: atMs + 1 }))
    compareEvents([...minutes, ...again, ...minutes])
  })

  it('at their ends, about 1970 and at the end of time', () => {
    const bounds = [0, hourMs, -hourMs, -24 * hourMs, startMs, 253_370_764_799_999]
    const steps = [0, -1, 1, minuteMs - 1, minuteMs, -minuteMs, -minuteMs - 1, -hourMs]
    const times = bounds.flatMap((bound) => steps.map((step) => bound + step))
    compareEvents(
      times.filter((ms) => ms < 253_370_764_800_000).map((atMs, at) => ({ id: `i${at}`, atMs })),
    )
  })

  it('that hours lie in two of, or are as far apart as the hours that are kept', () => {
    const midnightMs = Date.parse('2026-11-27T18:30:00Z')
    const steps = [-1, 0, -minuteMs, minuteMs, 1024 * hourMs, 0, 2048 * hourMs, -1]
    const events = steps.map((step, at) => ({ id: `i${at}`, atMs: midnightMs + step }))
    for (const zone of ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu']) compareEvents(events, zone)
  })
})

describe('engine and reference make the same of ids', () => {
  it('that are many in an hour, and come again', () => {
    const events = every(24_000).map((at) => ({ id: `i${at}`, atMs: startMs + at }))
    const again = events.filter((_, at) => at < 20 || at % 97 === 0)
    compareHistory([...events, ...again])
    compareText([...events, ...again], { grain: 'day' })
  })

  it('that differ in their length or in their last bytes alone', () => {
    const begins = ['', 'abcdefgh', 'abcdefghijklmnop']
    const ends = ['a', 'b', 'ab', 'aa', 'a\\u0000', 'a\\u0000\\u0000', 'aaaaaaa', 'aaaaaaab']
    const ids = begins.flatMap((begin) => ends.map((end) => `${begin}${end}`))
    compareEvents([...ids, ...ids].map((id, at) => ({ id, more: `"n":${at}` })))
  })

  it('that come in this hour and in others', () => {
    const hours = [0, 1, 0, 64, 128, 1, 64, 1024]
    compareEvents(
      hours.flatMap((hour) =>
        ['a', 'b\\u0041'].map((id) => ({ id, atMs: startMs + hour * hourMs })),
      ),
    )
  })

  it('that the reference meets right behind the engine, and before it', () => {
    const odd = (id: string, a: string) => ({ id, more: `"a":${a}` })
    const all = [
      odd('1', '1'),
      odd('1', '2e1'),
      odd('2', '3e1'),
      odd('2', '4'),
      odd('3', '5'),
      odd('4', '6e1'),
    ]
    compareEvents(all)
    compareEvents(all.slice(0, 2))
    compareEvents([...every(5).map((at) => odd(`${at}`, '1')), odd('9', '7e1')])
  })

  it('that come again in a minute that has nothing else', () => {
    compareEvents([
      { more: '"k":"a"' },
      { atMs: startMs + minuteMs, more: '"k":"b"' },
      { more: '"k":"c"' },
    ])
  })
})

describe('engine and reference make the same of sums and extremes', () => {
  const amounts = ['0', '0.5', '-0.05', '10', '-100.10', '9999999999999.99', '-9999999999999.99']

  it('of numbers that are there, and are not', () => {
    for (const amount of amounts) {
      compareEvents([
        { more: `"k":"${amount}","a":${amount}` },
        { id: 'j', more: `"k":"${amount}"` },
      ])
    }
    compareEvents([{ more: '"b":3,"a":7' }, { id: 'j', more: '"n":5,"k":"x"' }, { id: 'l' }])
  })

  it('that cross 64 bits up and down, and come to nothing in them', () => {
    const two30 = 2 ** 30
    for (const sign of [1, -1]) {
      for (const length of [7, 8, 9, 15, 16, 17, 32, 33]) {
        compareEvents(
          every(length).map((at) => ({ id: `i${at}`, more: `"n":${two30},"b":${sign * two30}` })),
        )
      }
    }
  })

  it('of products that 64 bits hold, and do not', () => {
    const factors = [
      0,
      1,
      -1,
      2 ** 30,
      2 ** 31,
      2 ** 32,
      2 ** 33,
      -(2 ** 32),
      9_007_199_254_740_991,
    ]
    compareEvents(
      factors.flatMap((b) => factors.map((n) => ({ id: `${b} ${n}`, more: `"b":${b},"n":${n}` }))),
    )
  })
})
