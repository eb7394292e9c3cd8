import { Readable } from 'node:stream'
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import { asStorageTrouble, StorageTrouble } from '../storage-trouble.ts'

interface Place {
  readonly Bucket: string
  readonly Key: string
}

type Answer = Awaited<ReturnType<typeof ask>>

/** A read that breaks off is taken up again this often without a byte in between. */
const maxFailures = 5

/**
 * An object's bytes; undefined where there is no such object. Where the connection ends before the
 * object does, the rest is asked for: S3 closes connections on a reader who is slow, as a merge is
 * with the part whose turn comes last, and of the thousands of objects of an hour one is always
 * unlucky. Throws StorageTrouble.
 */
export async function readObject(
  client: S3Client,
  place: Place,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    const first = await ask(client, place)
    // Whoever waits for its turn listens to nothing yet; the error is thrown when it reads.
    if (first.Body instanceof Readable) first.Body.on('error', () => undefined)
    return closedWith(first, chunksOf(client, place, first))
  } catch (cause) {
    if (cause instanceof NoSuchKey) return undefined
    throw new StorageTrouble(`Getting ${place.Key}`, cause)
  }
}

const ask = (client: S3Client, place: Place & { Range?: string; IfMatch?: string | undefined }) =>
  client.send(new GetObjectCommand(place))

/** A generator that was never begun ends without a look at what it would have read. */
function closedWith(
  { Body }: Answer,
  chunks: AsyncGenerator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => chunks.next(),
    async return() {
      if (Body instanceof Readable) Body.destroy()
      return chunks.return(undefined)
    },
  }
}

async function* chunksOf(
  client: S3Client,
  place: Place,
  first: Answer,
): AsyncGenerator<Uint8Array> {
  const { ETag, ContentLength = 0 } = first
  let answer = first
  let received = 0
  let failures = 0
  for (;;) {
    try {
      for await (const chunk of (answer.Body ?? []) as AsyncIterable<Uint8Array>) {
        received += chunk.length
        failures = 0
        yield chunk
      }
      return
    } catch (cause) {
      failures++
      // With every byte there, what failed is the check of them.
      if (failures === maxFailures || received >= ContentLength) {
        throw new StorageTrouble(`Reading ${place.Key}`, cause)
      }
    }
    const Range = `bytes=${received}-`
    answer = await asStorageTrouble(`Reading on in ${place.Key}`, () =>
      ask(client, { ...place, Range, IfMatch: ETag }),
    )
  }
}
