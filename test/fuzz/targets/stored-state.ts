import { deepStrictEqual, ok } from 'node:assert/strict'
import {
  type Aggregation,
  decodeEvent,
  type EventValues,
  encodeState,
  foldEvents,
  mergeStates,
  presentState,
  Reject,
  type StoredValue,
} from '../../../lib/core/index.ts'
import { readState, stateAttributes } from '../../../lib/rows/stored-state.ts'
import { rationalOf } from '../../core/exact-rational.ts'
import type { FuzzTarget } from '../target.ts'
import { fieldsPipeline } from './fields-pipeline.ts'
import { framed, framesOf } from './frames.ts'

const [all] = fieldsPipeline.aggregations as [Aggregation]

const event = (quantity: string, unitPrice: string) =>
  `{"transactionId":"t","timestamp":1795602360,"quantity":${quantity},"unitPrice":${unitPrice},"currency":"EUR"}`

/** States of any events: as stored, merged and read again they are what they were. */
export const storedStateTarget: FuzzTarget = {
  name: 'stored-state',
  seeds: [
    framed([0, event('1', '0.5')], [1, event('-10', '-9.007199254740991')]),
    framed([0, event('9007199254740991', '9.007199254740991')], [1, event('3', 'null')]),
    framed([2, '-12345678901234567890123456789012345678901234567890.5'], [2, '1E+2'], [2, '-0']),
  ],
  dictionary: ['0', '-', '.', 'e5', '1e37', '9'.repeat(39), 'null', '"', Uint8Array.of(0xfe, 2)],
  check(input) {
    const groups: [EventValues[], EventValues[]] = [[], []]
    for (const { kind, content } of framesOf(input)) {
      if (kind % 3 === 2) checkStoredText(content.toString('latin1'))
      else {
        const decoded = decodeEvent(fieldsPipeline, content)
        if (!(decoded instanceof Reject)) groups[(kind % 3) as 0 | 1].push(decoded.values)
      }
    }
    const [a, b] = groups.map((events) => foldEvents(all, events))
    const whole = foldEvents(all, groups.flat())
    const [readA, readB] = [a, b].map((state) => {
      const read = readState(all, stateAttributes(all, state ?? []))
      deepStrictEqual(read, state)
      return read
    })
    deepStrictEqual(mergeStates(all, readA ?? [], readB ?? []), whole)
    for (const [, text] of presentState(all, whole)) {
      ok(text === null || /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/.test(text), `no exact decimal: ${text}`)
    }
  },
}

/** Whatever stands in a row is refused, or is the number that it says. */
function checkStoredText(text: string): void {
  const attribute = { S: text }
  let written: StoredValue | undefined
  try {
    const state = readState(all, {
      events: { N: '1' },
      total: attribute,
      'average.sum': { N: '0' },
      'average.count': { N: '0' },
    })
    written = encodeState(all, state)[all.attributes.findIndex(({ name }) => name === 'total')]
  } catch (error) {
    ok(error instanceof Error && error.message.startsWith('A stored state is not a decimal'))
    return
  }
  // A huge exponent would make a number that nobody can write down.
  if (/e[+-]?\d{5}/i.test(text)) return
  const [said, meant] = [rationalOf(String(written)), rationalOf(text)]
  ok(said.numerator * meant.denominator === meant.numerator * said.denominator, text)
}
