import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Attempt,
  decide,
  firstAttempt,
  type Outcome,
  type RetryRules,
  splitExpired,
} from '../../emulator/event-source-mapping/batch-decision.ts'
import type { StreamRecord } from '../../emulator/event-source-mapping/stream-record.ts'

const rules: RetryRules = {
  reportBatchItemFailures: true,
  bisectOnError: false,
  maxRetries: 2,
  retryBaseMs: 100,
  retryMaxMs: 250,
}
const bisecting = { ...rules, bisectOnError: true }

function record(sequenceNumber: number, arrivalMs = 0): StreamRecord {
  return { sequenceNumber: String(sequenceNumber), partitionKey: 'k', data: '', arrivalMs }
}

function batch(count: number): Attempt {
  return firstAttempt(Array.from({ length: count }, (_, index) => record(index + 1)))
}

function returned(...failed: (number | string)[]): Outcome {
  const batchItemFailures = failed.map((id) => ({ itemIdentifier: String(id) }))
  return { kind: 'returned', response: { batchItemFailures } }
}

const threw: Outcome = { kind: 'failed', error: new Error('no') }

/** A decision with sequence numbers in place of records. */
function read(attempt: Attempt, outcome: Outcome, by: RetryRules) {
  const { done, givenUp, next, delayMs } = decide(attempt, outcome, by)
  const numbers = (records: readonly StreamRecord[]) =>
    records.map(({ sequenceNumber }) => Number(sequenceNumber))
  const tries = next.map(({ records, retries }) => ({ records: numbers(records), retries }))
  return { done, givenUp: numbers(givenUp), next: tries, delayMs }
}

describe('a batch is done', () => {
  test.each([
    ['no failures', { batchItemFailures: [] }],
    ['null failures', { batchItemFailures: null }],
    ['no failures property', {}],
    ['null', null],
    ['undefined', undefined],
  ])('when the response is %s', (_, response) => {
    const decision = read(batch(3), { kind: 'returned', response }, rules)
    expect(decision).toEqual({ done: 3, givenUp: [], next: [], delayMs: 0 })
  })

  test('by any response when partial responses are not asked for', () => {
    const plain = { ...rules, reportBatchItemFailures: false }
    expect(read(batch(3), returned(2), plain).done).toBe(3)
    expect(read(batch(3), { kind: 'returned', response: 'whatever' }, plain).done).toBe(3)
  })
})

describe('a batch has failed whole', () => {
  const retried = { done: 0, givenUp: [], next: [{ records: [1, 2, 3], retries: 1 }], delayMs: 100 }

  test.each([
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong property', { batchItemFailures: [{ id: '2' }] }],
    ['a null failure', { batchItemFailures: [null] }],
    ['a number as id', { batchItemFailures: [{ itemIdentifier: 2 }] }],
    ['failures that are no list', { batchItemFailures: { itemIdentifier: '2' } }],
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: '4' }] }],
    [
      'a known and an unknown id',
      { batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '9' }] },
    ],
    ['a text', 'done'],
    ['a list', []],
  ])('when the response is %s', (_, response) => {
    expect(read(batch(3), { kind: 'returned', response }, rules)).toEqual(retried)
  })

  test('when the function throws, even where partial responses are not asked for', () => {
    expect(read(batch(3), threw, rules)).toEqual(retried)
    expect(read(batch(3), threw, { ...rules, reportBatchItemFailures: false })).toEqual(retried)
  })
})

describe('a partial response', () => {
  test('sets the checkpoint before the lowest failed record', () => {
    const decision = read(batch(5), returned(4, 3, 5), rules)
    expect(decision).toEqual({
      done: 2,
      givenUp: [],
      next: [{ records: [3, 4, 5], retries: 1 }],
      delayMs: 100,
    })
  })

  test('compares ids as numbers', () => {
    const attempt = firstAttempt([record(8), record(9), record(10), record(11)])
    expect(read(attempt, returned(10, 9), rules).next[0]?.records).toEqual([9, 10, 11])
  })

  test('is itself the cut when bisecting, and uses up no retry', () => {
    const decision = read(batch(5), returned(3), bisecting)
    expect(decision).toEqual({
      done: 2,
      givenUp: [],
      next: [{ records: [3, 4, 5], retries: 0 }],
      delayMs: 0,
    })
  })

  test('that names the first record makes halves when bisecting', () => {
    const { done, next } = read(batch(5), returned(1), bisecting)
    expect(done).toBe(0)
    expect(next).toEqual([
      { records: [1, 2, 3], retries: 0 },
      { records: [4, 5], retries: 0 },
    ])
  })

  test('gives up what lies behind the checkpoint when no retry is left', () => {
    const worn = { ...batch(4), retries: 2 }
    const decision = read(worn, returned(3), rules)
    expect(decision).toEqual({ done: 2, givenUp: [3, 4], next: [], delayMs: 0 })
  })
})

describe('retries', () => {
  test('pause twice as long each time, up to the longest pause', () => {
    const delays = [0, 1, 2, 3].map(
      (retries) => read({ ...batch(1), retries }, threw, { ...rules, maxRetries: -1 }).delayMs,
    )
    expect(delays).toEqual([100, 200, 250, 250])
  })

  test('end after maxRetries', () => {
    expect(read({ ...batch(2), retries: 1 }, threw, rules).givenUp).toEqual([])
    expect(read({ ...batch(2), retries: 2 }, threw, rules).givenUp).toEqual([1, 2])
    expect(read(batch(2), threw, { ...rules, maxRetries: 0 }).givenUp).toEqual([1, 2])
  })

  test('are counted for a single record only when bisecting', () => {
    expect(read({ ...batch(1), retries: 2 }, threw, bisecting).givenUp).toEqual([1])
    expect(read({ ...batch(2), retries: 2 }, threw, bisecting).givenUp).toEqual([])
  })
})

describe('records that are too old', () => {
  const attempt = firstAttempt([record(1, 0), record(2, 50), record(3, 10)])

  test('are split off up to the first fresh one', () => {
    const { expired, rest } = splitExpired(attempt, 60, 100)
    expect(expired).toEqual([record(1, 0)])
    expect(rest.records).toEqual([record(2, 50), record(3, 10)])
  })

  test('may be all of them', () => {
    expect(splitExpired(attempt, 60, 1000).expired).toHaveLength(3)
    expect(splitExpired(attempt, 60, 1000).rest.records).toEqual([])
  })

  test('are kept without a limit', () => {
    expect(splitExpired(attempt, undefined, 1e15).rest).toBe(attempt)
  })
})

/** Drives a batch to its end and lists what became of the records, in order. */
function drive(count: number, by: RetryRules, call: (records: readonly StreamRecord[]) => Outcome) {
  const done: number[] = []
  const givenUp: number[] = []
  const order: number[] = []
  let calls = 0
  const queue = [batch(count)]
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    calls++
    if (calls > 100_000) throw new Error('the batch never ends')
    const decision = decide(head, call(head.records), by)
    const numbers = head.records.map(({ sequenceNumber }) => Number(sequenceNumber))
    const nowDone = numbers.slice(0, decision.done)
    const nowGivenUp = decision.givenUp.map(({ sequenceNumber }) => Number(sequenceNumber))
    done.push(...nowDone)
    givenUp.push(...nowGivenUp)
    order.push(...nowDone, ...nowGivenUp)
    queue.unshift(...decision.next)
  }
  return { done, givenUp, order, calls }
}

const counts = fc.integer({ min: 1, max: 200 })
const allRules = fc.record({
  reportBatchItemFailures: fc.boolean(),
  bisectOnError: fc.boolean(),
  maxRetries: fc.integer({ min: 0, max: 4 }),
  retryBaseMs: fc.constant(1),
  retryMaxMs: fc.constant(10),
})

describe('whatever the function does', () => {
  test('every record ends once, in order', () => {
    fc.assert(
      fc.property(
        counts,
        allRules,
        fc.infiniteStream(fc.nat({ max: 400 })),
        (count, by, choices) => {
          const { order } = drive(count, by, (records) => {
            const choice = choices.next().value
            if (choice > 300) return threw
            const failed = records[choice % (records.length + 1)]
            return failed === undefined ? returned() : returned(failed.sequenceNumber)
          })
          expect(order).toEqual(Array.from({ length: count }, (_, index) => index + 1))
        },
      ),
    )
  })

  test('bisection gives up exactly the records that always fail', () => {
    const poisons = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 5 })
    fc.assert(
      fc.property(counts, allRules, poisons, fc.boolean(), (count, given, all, partial) => {
        const by = { ...given, bisectOnError: true, reportBatchItemFailures: partial }
        const poison = new Set(all.filter((number) => number <= count))
        const { givenUp, calls } = drive(count, by, (records) => {
          const bad = records.find(({ sequenceNumber }) => poison.has(Number(sequenceNumber)))
          if (bad === undefined) return returned()
          return partial ? returned(bad.sequenceNumber) : threw
        })
        expect(givenUp).toEqual([...poison].sort((a, b) => a - b))
        const halvings = 2 * Math.ceil(Math.log2(count)) + 2
        expect(calls).toBeLessThanOrEqual(1 + poison.size * (halvings + by.maxRetries + 1))
      }),
    )
  })
})
