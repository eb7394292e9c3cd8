import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalPipeline } from '../../local/pipeline.ts'
import { putRecords } from '../../local/put-records.ts'
import type { EventMaker } from './event-maker.ts'

export interface ProduceOptions {
  readonly pipeline: LocalPipeline
  readonly maker: EventMaker
  /** Records a second; with `max`, as many as come out at the other end again. */
  readonly rate: number | 'max'
  readonly durationMs: number
  readonly onSent: (records: number) => void
}

export interface Produced {
  readonly sent: number
  /** When the last record was in the stream, as `performance.now` has it. */
  readonly endedAtMs: number
  /** How long it took for each chunk from being made to being applied, in ms. */
  readonly lagsMs: readonly number[]
  /** Resolves once everything that was sent is applied. */
  readonly applied: Promise<unknown>
}

const chunkRecords = 1_000
const sendEveryMs = 250
/** With `max`: so many chunks are sent and not yet applied, and then we wait. */
const maxChunksUnderWay = 20

/** Sends events for so long. At a fixed rate, what could not be sent in time is sent late. */
export async function produce(options: ProduceOptions): Promise<Produced> {
  const { pipeline, maker, rate, durationMs } = options
  const startedAtMs = performance.now()
  const lagsMs: number[] = []
  const underWay = new Set<Promise<void>>()
  let made = 0
  let sent = 0
  const send = async (count: number) => {
    const madeAtMs = performance.now()
    const nowMs = Date.now()
    const records = Array.from({ length: count }, () => maker.make(nowMs))
    made += count
    const { kinesis } = pipeline.clients
    const summary = await putRecords({ kinesis, stream: pipeline.stream, records: each(records) })
    sent += summary.records
    options.onSent(summary.records)
    const applied = pipeline.mapping.drained(summary.lastSequenceNumbers).then(() => {
      lagsMs.push(performance.now() - madeAtMs)
      underWay.delete(applied)
    })
    underWay.add(applied)
  }
  for (let isOver = false; !isOver; ) {
    isOver = performance.now() - startedAtMs >= durationMs
    if (rate === 'max') {
      if (!isOver) await send(chunkRecords)
      while (underWay.size >= maxChunksUnderWay) await Promise.race(underWay)
      continue
    }
    const dueMs = Math.min(durationMs, performance.now() - startedAtMs)
    const due = Math.floor((dueMs / 1000) * rate) - made
    if (due > 0) await send(due)
    if (!isOver) await sleep(sendEveryMs)
  }
  return { sent, endedAtMs: performance.now(), lagsMs, applied: Promise.all(underWay) }
}

async function* each<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values
}
