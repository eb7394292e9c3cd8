import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import {
  type Aggregation,
  type DecodedEvent,
  decodeEvent,
  decodeKey,
  hourStart,
  keyOf,
  Reject,
} from '../../../lib/core/index.ts'
import { createHistory } from '../../../lib/records/history.ts'
import { MemoryObjects } from '../../../lib/store/memory/memory-objects.ts'
import definition from '../../../pipeline.config.ts'
import { Refused, readPurchase } from '../../oracle/purchase.ts'
import { linesIn } from '../../support/history-lines.ts'
import type { FuzzTarget } from '../target.ts'
import { fieldsPipeline } from './fields-pipeline.ts'
import { jsonDepth, maxDepth } from './json-depth.ts'
import { purchases, words } from './purchase-words.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const [byProduct] = definition.aggregations as [Aggregation]

/** One event's bytes: what is taken, what is refused and for which field, and all that is kept. */
export const decoderTarget: FuzzTarget = {
  name: 'decoder',
  seeds: purchases.map((text) => Buffer.from(text)),
  dictionary: [...words, Uint8Array.of(0xed, 0xa0, 0x80), Uint8Array.of(0xff, 0xfe)],
  async check(input) {
    const before = Uint8Array.from(input)
    const decoded = decodeEvent(definition, input, nowMs)
    deepStrictEqual(input, before, 'it changes its input')
    deepStrictEqual(decodeEvent(definition, before, nowMs), decoded, 'it is not the same again')
    decodeEvent(fieldsPipeline, input, nowMs)
    agreeWithOracle(input, decoded)
    if (decoded instanceof Reject) return
    checkKey(decoded)
    await checkHistory(input, decoded)
  },
}

function agreeWithOracle(input: Uint8Array, decoded: DecodedEvent | Reject): void {
  if (decoded instanceof Reject && decoded.message.includes('nested too deep')) {
    ok(jsonDepth(input) > maxDepth, 'it is not nested so deep')
    return
  }
  const purchase = readPurchase(input, nowMs)
  if (purchase instanceof Refused || decoded instanceof Reject) {
    deepStrictEqual(
      { refused: decoded instanceof Reject, field: decoded instanceof Reject && decoded.field },
      {
        refused: purchase instanceof Refused,
        field: purchase instanceof Refused && purchase.field,
      },
    )
    return
  }
  const { id, timeMs, values } = decoded
  deepStrictEqual(
    [id, timeMs, values.productId, values.currency, BigInt(Number(values.quantity))],
    [
      purchase.transactionId,
      purchase.timeMs,
      purchase.productId,
      purchase.currency,
      purchase.quantity,
    ],
  )
  equal(BigInt(Number(values.unitPrice)), purchase.unitPrice)
}

/** Keys seen in this process, and the values that each was made of. */
const seenKeys = new Map<string, string>()
const maxSeenKeys = 100_000

function checkKey({ values }: DecodedEvent): void {
  const key = keyOf(byProduct, values)
  const parts = [values.productId, values.currency]
  deepStrictEqual(decodeKey(key), parts)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these may not stand in a key.
  ok(!/[#\u0000-\u001f\u007f]/.test(key), 'the key holds a delimiter')
  ok(Buffer.byteLength(key) <= 900, 'the key is too long')
  const made = JSON.stringify(parts)
  equal(seenKeys.get(key) ?? made, made, 'two keys collide')
  if (seenKeys.size < maxSeenKeys) seenKeys.set(key, made)
}

/** In history the event stands on a line of its own, and is read again without the clock. */
async function checkHistory(input: Uint8Array, decoded: DecodedEvent): Promise<void> {
  const history = createHistory(new MemoryObjects())
  const hourMs = hourStart(decoded.timeMs)
  const cut = { lane: 'shardId-000000000000', firstSequenceNumber: '1', lastSequenceNumber: '2' }
  await history.append(cut, hourMs, [input, input])
  const lines = await linesIn(history.read(hourMs))
  equal(lines.length, 2)
  for (const line of lines) deepStrictEqual(decodeEvent(definition, line), decoded)
}
