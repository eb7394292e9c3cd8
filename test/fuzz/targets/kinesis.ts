import { deepStrictEqual, equal } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import {
  type Aggregation,
  decodeKey,
  hourStart,
  minuteName,
  presentState,
} from '../../../lib/core/index.ts'
import { readKinesisBatch } from '../../../lib/records/kinesis-batch.ts'
import { applyBatch } from '../../../lib/stream/apply-batch.ts'
import definition from '../../../pipeline.config.ts'
import { readUserRecords } from '../../oracle/kpl-record.ts'
import { rowsOf } from '../../oracle/oracle.ts'
import { type Purchase, Refused, readPurchase } from '../../oracle/purchase.ts'
import { linesIn } from '../../support/history-lines.ts'
import { memoryWorld, storesOn } from '../../support/world.ts'
import type { FuzzTarget } from '../target.ts'
import { type Frame, framed, framesOf } from './frames.ts'
import { jsonDepth, maxDepth } from './json-depth.ts'
import { purchases, words } from './purchase-words.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const retentionMs = 35 * 86_400_000
const shard = 'shardId-000000000000'
const [byProduct] = definition.aggregations as [Aggregation]

const magic = Buffer.from('f3899ac2', 'hex')

function sealed(message: Uint8Array): Buffer {
  return Buffer.concat([magic, message, createHash('md5').update(message).digest()])
}

/** A protobuf field of bytes. */
function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = []
  let left = content.length
  for (; left >= 0x80; left >>>= 7) length.push((left & 0x7f) | 0x80)
  return Buffer.concat([Uint8Array.of((number << 3) | 2, ...length, left), content])
}

const userRecord = (data: Uint8Array) =>
  field(3, Buffer.concat([Buffer.from('0800', 'hex'), field(3, data)]))

/** Splits at a byte that is in no UTF-8. */
function partsOf(content: Buffer): Buffer[] {
  return content
    .toString('latin1')
    .split('\xff')
    .map((part) => Buffer.from(part, 'latin1'))
}

const aggregated = (content: Buffer) => sealed(Buffer.concat(partsOf(content).map(userRecord)))

/** Ways to make a record of a frame: plain, aggregated, damaged, nested, of any protobuf at all. */
const makers: readonly ((content: Buffer) => Buffer)[] = [
  (content) => content,
  aggregated,
  sealed,
  (content) => sealed(field(3, content)),
  (content) => sealed(userRecord(aggregated(content))),
  (content) => Buffer.concat([magic, content]),
  (content) => aggregated(content).subarray(0, -1),
  (content) => sealed(aggregated(content).subarray(4, -17)),
]

const recordOf = ({ kind, content }: Frame) =>
  (makers[kind % makers.length] as (content: Buffer) => Buffer)(content)

function eventOf(records: readonly Buffer[]): KinesisStreamEvent {
  return {
    Records: records.map((data, at) => {
      const sequenceNumber = String(10n ** 55n + BigInt(at))
      const kinesis = {
        sequenceNumber,
        data: data.toString('base64'),
        approximateArrivalTimestamp: nowMs / 1000,
      }
      return { eventID: `${shard}:${sequenceNumber}`, kinesis } as KinesisStreamRecord
    }),
  }
}

/** The records of one invocation: each counted once or kept as rejected, at every delivery. */
export const kinesisTarget: FuzzTarget = {
  name: 'kinesis',
  seeds: [
    framed(...purchases.map((text) => [0, text] as const)),
    framed([1, purchases.slice(0, 3).join('\n')], [0, ''], [5, purchases[0] ?? ''], [6, 'x']),
    Buffer.concat([
      framed([0, purchases[0] ?? '']),
      Buffer.from([1]),
      ...purchases.flatMap((text) => [Buffer.from(text), Uint8Array.of(0xff)]),
    ]),
    framed([4, purchases[1] ?? ''], [3, userRecord(Buffer.from('a')).subarray(2)], [7, 'abc']),
    framed([2, Buffer.from('1a051a03616263', 'hex')], [2, Buffer.from('0a016b12011a', 'hex')]),
    framed([2, ''], [2, '\x1a\0']),
  ],
  dictionary: [
    ...purchases,
    ...words,
    Uint8Array.of(0xfe),
    Uint8Array.of(0xff),
    ...makers.map((_, kind) => Uint8Array.of(0xfe, kind)),
    magic,
    ...['1a', '0a', '12', '0800', '1a021a00', '1a00', '18', '09', '0d', '0b', 'ffffffff0f'].map(
      (hex) => Buffer.from(hex, 'hex'),
    ),
    Buffer.from('ffffffffffffffffff01', 'hex'),
    Buffer.from('9a80808080808080', 'hex'),
    Buffer.from('1a021a00'.repeat(100), 'hex'),
  ],
  maxBytes: 2048,
  async check(input) {
    const records = framesOf(input).map(recordOf)
    if (records.length === 0) return
    const expected = expectedOf(records)
    const world = memoryWorld()
    const event = eventOf(records)
    for (const delivery of [1, 2]) {
      const stores = storesOn(world, () => nowMs)
      const batch = readKinesisBatch(event)
      const summary = await applyBatch(definition, stores, batch, nowMs)
      const { events, rejects } = summary
      deepStrictEqual(
        { events, rejects },
        { events: expected.taken.length, rejects: expected.refused.length },
      )
      if (delivery === 2) equal(summary.minuteRowsWritten, 0, 'a row was counted again')
      deepStrictEqual(await rejectsIn(stores), expected.refused)
      deepStrictEqual(await minutesIn(stores), minutesOf(expected.taken))
      deepStrictEqual(await historyIn(stores, expected.taken), expected.lines)
    }
  },
}

interface Expected {
  readonly taken: readonly Purchase[]
  /** What history must hold, sorted. */
  readonly lines: readonly string[]
  readonly refused: readonly string[]
}

function expectedOf(records: readonly Buffer[]): Expected {
  const taken: Purchase[] = []
  const lines: string[] = []
  const refused: string[] = []
  for (const [at, record] of records.entries()) {
    for (const [sub, payload] of readUserRecords(record).entries()) {
      const purchase = readPurchase(payload, nowMs)
      if (purchase instanceof Refused || jsonDepth(payload) > maxDepth) {
        const field = purchase instanceof Refused ? purchase.field : undefined
        refused.push(`${10n ** 55n + BigInt(at)} ${sub} ${field} ${payload.toString('base64')}`)
      } else {
        taken.push(purchase)
        lines.push(payload.toString('latin1').replaceAll('\n', ' '))
      }
    }
  }
  return { taken, lines: lines.sort(), refused: refused.sort() }
}

type Stores = ReturnType<typeof storesOn>

async function rejectsIn({ rejects }: Stores): Promise<string[]> {
  const found: string[] = []
  for await (const key of rejects.list()) {
    for await (const line of rejects.read(key)) {
      equal(line.shard, shard)
      const data =
        line.data === undefined
          ? Buffer.from(line.dataBase64 ?? '', 'base64')
          : Buffer.from(line.data)
      const place = `${line.sequenceNumber} ${line.subSequenceNumber}`
      found.push(`${place} ${line.field ?? undefined} ${data.toString('base64')}`)
    }
  }
  return found.sort()
}

async function minutesIn({ minutes }: Stores): Promise<string[]> {
  const found: string[] = []
  for await (const { key, minuteMs, state } of minutes.scan(byProduct)) {
    const measures = Object.fromEntries(presentState(byProduct, state))
    found.push(JSON.stringify([minuteName(minuteMs), ...decodeKey(key), measures]))
  }
  return found.sort()
}

/** Before its hour is over, a minute row counts what a producer sent twice twice. */
function minutesOf(taken: readonly Purchase[]): string[] {
  const kept = taken.filter(
    ({ timeMs }) => Math.floor(timeMs / 60_000) * 60_000 + 60_000 + retentionMs > nowMs,
  )
  return rowsOf(kept, 'minute', 'UTC')
    .map(({ period, productId, currency, purchases, quantity, revenue, minPrice, maxPrice }) => {
      const measures = { purchases, quantity, revenue, minPrice, maxPrice }
      return JSON.stringify([period, productId, currency, measures])
    })
    .sort()
}

async function historyIn({ history }: Stores, taken: readonly Purchase[]): Promise<string[]> {
  const found: string[] = []
  for (const hour of new Set(taken.map(({ timeMs }) => hourStart(timeMs)))) {
    for (const line of await linesIn(history.read(hour))) {
      found.push(Buffer.from(line).toString('latin1'))
    }
  }
  return found.sort()
}
