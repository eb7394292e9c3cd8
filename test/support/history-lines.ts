import type { HistoryChunk } from '../../lib/records/history.ts'

/** The lines of chunks of history, in order. */
export async function linesIn(chunks: AsyncIterable<HistoryChunk>): Promise<Uint8Array[]> {
  const all = await Array.fromAsync(chunks)
  return all.flatMap(({ lines }) => [...lines])
}
