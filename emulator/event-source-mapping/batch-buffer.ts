import { payloadSizer, type RecordSource, type StreamRecord } from './stream-record.ts'

/** Lambda's limit for the event of one invocation, as JSON. */
const maxPayloadBytes = 6 * 1024 * 1024

const emptyPayloadBytes = '{"Records":[]}'.length

export type BatchBuffer = {
  add(records: readonly StreamRecord[]): void
  isEmpty(): boolean
  /** There is at least one whole batch, by number or by size. */
  isFull(): boolean
  /** Takes the next batch out, which is as large as may be. */
  cut(): readonly StreamRecord[]
}

/** Holds records of a shard until they go out in batches that an invocation can carry. */
export function createBatchBuffer(source: RecordSource, batchSize: number): BatchBuffer {
  const sizeOf = payloadSizer(source)
  let held: { readonly record: StreamRecord; readonly payloadBytes: number }[] = []
  let heldBytes = 0
  return {
    add: (records) => {
      for (const record of records) {
        const payloadBytes = sizeOf(record)
        held.push({ record, payloadBytes })
        heldBytes += payloadBytes
      }
    },
    isEmpty: () => held.length === 0,
    isFull: () => held.length >= batchSize || heldBytes >= maxPayloadBytes,
    cut: () => {
      let bytes = emptyPayloadBytes
      let count = 0
      for (const { payloadBytes } of held.slice(0, batchSize)) {
        // A record that fills the payload by itself still has to go somewhere.
        if (count > 0 && bytes + payloadBytes > maxPayloadBytes) break
        bytes += payloadBytes
        count++
      }
      const batch = held.slice(0, count)
      held = held.slice(count)
      heldBytes -= bytes - emptyPayloadBytes
      return batch.map(({ record }) => record)
    },
  }
}
