import type { KinesisStreamEvent } from 'aws-lambda'
import { type KinesisBatch, readKinesisBatch } from './kinesis-batch.ts'
import type { Objects } from './objects.ts'

/** Where Lambda keeps the batches that it gave up on; it chooses the names itself. */
const prefix = 'aws/lambda/'

/** Batches that Lambda gave up on, kept whole until they are redriven. */
export interface GivenUpBatches {
  /** The names of their objects. */
  list(): AsyncIterable<string>
  /** Undefined where the object is there no more, since it was redriven. */
  read(objectKey: string): Promise<KinesisBatch | undefined>
}

export function createGivenUpBatches(objects: Pick<Objects, 'list' | 'get'>): GivenUpBatches {
  return {
    async *list() {
      for await (const { key } of objects.list(prefix)) yield key
    },

    async read(objectKey) {
      const chunks = await objects.get(objectKey)
      return chunks && readKinesisBatch(eventIn(objectKey, await textOf(chunks)))
    },
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString()
}

/** The event as the function was given it, which the record holds as text. */
function eventIn(objectKey: string, text: string): KinesisStreamEvent {
  const { payload }: { payload?: unknown } = JSON.parse(text) ?? {}
  if (typeof payload !== 'string') throw new Error(`${objectKey} holds no batch that was given up`)
  return JSON.parse(payload)
}
