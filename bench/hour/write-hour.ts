import { hourMs } from '../../lib/core/index.ts'
import type { HistoryWriter } from '../../lib/records/history.ts'
import { madeLines } from '../made-lines.ts'
import { firstDayMs } from '../made-purchases.ts'

export interface HourOptions {
  readonly events: number
  readonly objects: number
  readonly seed: number
  readonly duplicates: number
}

/** Made purchases of one hour as batches left them in history, an object each; no more objects than events. */
export async function writeHour(
  history: HistoryWriter,
  { events, objects, ...made }: HourOptions,
): Promise<void> {
  let first = 0
  let written = 0
  let lines: Uint8Array[] = []
  const writeObject = async () => {
    const cut = {
      lane: 'shardId-000000000000',
      firstSequenceNumber: sequenceNumberOf(first),
      lastSequenceNumber: sequenceNumberOf(first + lines.length - 1),
    }
    await history.append(cut, firstDayMs, lines)
    first += lines.length
    written++
    lines = []
  }
  for (const line of madeLines({ ...made, events, spanMs: hourMs })) {
    lines.push(line)
    if (first + lines.length === Math.floor(((written + 1) * events) / objects)) await writeObject()
  }
}

/** As long as those of a stream, and in the order of their texts too. */
const sequenceNumberOf = (record: number) => `496${String(record).padStart(53, '0')}`
