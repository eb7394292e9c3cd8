import { equal, match, ok } from 'node:assert/strict'
import type { KinesisStreamEvent } from 'aws-lambda'
import { type KinesisBatch, readKinesisBatch } from '../../../lib/records/kinesis-batch.ts'
import { answerBatch } from '../../../lib/stream/answer-batch.ts'
import definition from '../../../pipeline.config.ts'
import { memoryWorld, storesOn } from '../../support/world.ts'
import type { FuzzTarget } from '../target.ts'
import { purchases } from './purchase-words.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')

function eventText(...datas: readonly string[]): string {
  return JSON.stringify({
    Records: datas.map((data, at) => ({
      eventID: `shardId-000000000000:${100 + at}`,
      kinesis: {
        sequenceNumber: String(100 + at),
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: nowMs / 1000,
      },
    })),
  })
}

/** What the stream function is called with: refused as a whole, or applied to its last record. */
export const eventTarget: FuzzTarget = {
  name: 'event',
  seeds: [eventText(...purchases.slice(0, 2), 'x'), eventText('', '{}')].map((text) =>
    Buffer.from(text),
  ),
  dictionary: [
    '"Records":',
    '"kinesis":',
    '"eventID":',
    '"sequenceNumber":',
    '"data":',
    '"approximateArrivalTimestamp":',
    '"shardId-000000000000:100"',
    '"history:100"',
    '"shardId-0#0:1"',
    ':99"',
    '"__proto__":',
    'null',
    '[]',
    '{}',
    '[',
    ']',
    '1e300',
    '-1',
    '=',
    '%%%%',
    '-_',
  ],
  async check(input) {
    let event: KinesisStreamEvent
    try {
      // Whatever it is: the function is given what somebody sends it.
      event = JSON.parse(Buffer.from(input).toString())
    } catch {
      return
    }
    let batch: KinesisBatch
    try {
      batch = readKinesisBatch(event)
    } catch (error) {
      ok(error instanceof Error && error.message !== '')
      return
    }
    checkBatch(batch)
    const stores = storesOn(memoryWorld(), () => nowMs)
    const logged: Record<string, unknown>[] = []
    const answer = await answerBatch(
      {
        definition,
        stores: stores as never,
        agreeOnSettings: async () => undefined,
        log: (_level, _message, fields) => logged.push(fields),
        nowMs: () => nowMs,
      },
      event,
    )
    equal(answer.batchItemFailures.length, 0)
    const [figures] = logged
    equal(Number(figures?.events) + Number(figures?.rejects), batch.records.length)
    let kept = 0
    for await (const key of stores.rejects.list()) {
      for await (const _ of stores.rejects.read(key)) kept++
    }
    equal(kept, figures?.rejects)
  },
}

function checkBatch({
  shard,
  firstSequenceNumber,
  lastSequenceNumber,
  records,
}: KinesisBatch): void {
  match(shard, /^shardId-[A-Za-z0-9_.-]+$/)
  ok(BigInt(firstSequenceNumber) <= BigInt(lastSequenceNumber))
  let before = -1n
  for (const { sequenceNumber, subSequenceNumber, arrivedMs } of records) {
    ok(Number.isSafeInteger(arrivedMs) && arrivedMs >= 0)
    if (subSequenceNumber === 0) ok(BigInt(sequenceNumber) > before)
    before = BigInt(sequenceNumber)
  }
}
