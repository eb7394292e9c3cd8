import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { ByteSource } from './byte-source.ts'
import { fileContent, isCompressed, startBytes } from './file-content.ts'
import type { LineFeed } from './line-feed.ts'
import { UnreadableContent } from './unreadable-content.ts'

/** The name of standard input among files. */
export const standardInput = '-'

/** Told of bytes that were read. */
type OnBytes = (bytes: number) => void

/** Feeds a file's content. Throws UnreadableContent where it cannot be read to its end. */
export async function feedFile(file: string, feed: LineFeed, onBytes: OnBytes): Promise<void> {
  if (file !== standardInput) {
    const opened = openSync(file, 'r')
    try {
      await feedOpened(opened, feed, onBytes)
    } finally {
      closeSync(opened)
    }
  } else if (isOnDisk(process.stdin.fd)) {
    await feedOpened(process.stdin.fd, feed, onBytes)
  } else {
    await feedStream(process.stdin, feed, onBytes)
  }
}

/** Whether it is read as files are. Of a folder Node would give nothing, and call that its end. */
function isOnDisk(opened: number): boolean {
  const found = fstatSync(opened)
  return found.isFile() || found.isDirectory()
}

/** After so long others get their turn, such as what shows the progress. */
const turnAfterMs = 50

async function feedOpened(opened: number, feed: LineFeed, onBytes: OnBytes): Promise<void> {
  const start = readStart(opened)
  if (isCompressed(start)) {
    await feedStream(startingWith(start, piecesOf(opened)), feed, onBytes)
    return
  }
  feed.put(start)
  onBytes(start.length)
  for (let turnMs = performance.now(); ; ) {
    const bytes = readPiece(opened, feed.room())
    if (bytes === 0) return
    feed.take(bytes)
    onBytes(bytes)
    if (performance.now() - turnMs < turnAfterMs) continue
    await turn()
    turnMs = performance.now()
  }
}

async function feedStream(
  stream: AsyncIterable<Uint8Array>,
  feed: LineFeed,
  onBytes: OnBytes,
): Promise<void> {
  const source = new ByteSource(readable(stream, onBytes))
  for await (const bytes of fileContent(source)) feed.put(bytes)
}

/** So much as tells what the file is. A pipe may give less at once. */
function readStart(opened: number): Uint8Array {
  const start = new Uint8Array(startBytes)
  let length = 0
  while (length < start.length) {
    const bytes = readPiece(opened, start.subarray(length))
    if (bytes === 0) break
    length += bytes
  }
  return start.subarray(0, length)
}

function readPiece(opened: number, room: Uint8Array): number {
  try {
    return readSync(opened, room)
  } catch (error) {
    throw new UnreadableContent((error as Error).message, { cause: error })
  }
}

/**
 * Reads when it is asked, and nothing ahead: a read that is under way when a damaged file is closed
 * would take its bytes from the file that gets the descriptor next.
 */
async function* piecesOf(opened: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = Buffer.allocUnsafeSlow(compressedPieceBytes)
    const bytes = readPiece(opened, piece)
    if (bytes === 0) return
    yield piece.subarray(0, bytes)
  }
}

const compressedPieceBytes = 256 * 1024

async function* startingWith(
  start: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield start
  yield* rest
}

async function* readable(
  stream: AsyncIterable<Uint8Array>,
  onBytes: OnBytes,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of stream) {
      onBytes(bytes.length)
      yield bytes
    }
  } catch (error) {
    throw new UnreadableContent((error as Error).message, { cause: error })
  }
}
