import type { KinesisStreamEvent } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { answerBatch } from '../../lib/stream/answer-batch.ts'
import { salesPipeline } from '../support/sales.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const nowMs = () => Date.parse('2026-11-25T12:00:00Z')

function recordOf(eventID: string) {
  const kinesis = {
    sequenceNumber: eventID.split(':')[1],
    data: '',
    approximateArrivalTimestamp: 1,
  }
  return { eventID, kinesis }
}

describe('a batch that is none', () => {
  it.each([
    ['no event of a stream', {}, 'not one of a stream'],
    ['without a record', { Records: [] }, 'holds no record'],
    [
      'out of order',
      { Records: [recordOf('shardId-000000000001:7'), recordOf('shardId-000000000001:7')] },
      'out of order at 7',
    ],
  ])('fails, and leaves a line and a metric: %s', async (_what, event, problem) => {
    const logged: unknown[] = []
    const context = {
      definition: salesPipeline,
      stores: storesOn(memoryWorld(), nowMs),
      agreeOnSettings: async () => undefined,
      log: (...line: unknown[]) => logged.push(line),
      nowMs,
    }
    const answered = answerBatch(context, event as unknown as KinesisStreamEvent)
    await expect(answered).rejects.toThrow(problem)
    const fields = { error: expect.stringContaining(problem) }
    expect(logged).toEqual([['error', 'batch not applied', fields, { BatchesFailed: 1 }]])
  })
})
