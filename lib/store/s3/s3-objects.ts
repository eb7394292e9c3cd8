import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Objects, ObjectWriter } from '../objects.ts'
import { asStorageTrouble } from '../storage-trouble.ts'
import { readObject } from './s3-reading.ts'

/** S3 wants 5 MiB or more of every part but the last. */
const uploadPartBytes = 8 * 1024 * 1024
/** DeleteObjects takes no more. */
const maxDeletedAtOnce = 1000

/** Puts into a bucket, and holds no more of the SDK than that takes. */
export function createS3Writer(client: S3Client, Bucket: string): ObjectWriter {
  return {
    async put(Key, Body) {
      await asStorageTrouble(`Putting ${Key}`, () =>
        client.send(new PutObjectCommand({ Bucket, Key, Body })),
      )
    },
  }
}

/** A bucket of S3, or of whatever speaks its protocol. */
export function createS3Objects(client: S3Client, Bucket: string): Objects {
  return {
    ...createS3Writer(client, Bucket),

    putStream: (key, chunks) => upload(client, Bucket, key, chunks),

    get: (Key) => readObject(client, { Bucket, Key }),

    async *list(Prefix) {
      for await (const { Contents = [] } of pagesOf(client, { Bucket, Prefix })) {
        for (const { Key = '', Size = 0 } of Contents) yield { key: Key, bytes: Size }
      }
    },

    async *folders(prefix) {
      const request = { Bucket, Prefix: prefix, Delimiter: '/' }
      for await (const { CommonPrefixes = [] } of pagesOf(client, request)) {
        for (const { Prefix = '' } of CommonPrefixes) yield Prefix.slice(prefix.length, -1)
      }
    },

    async delete(keys) {
      for (let at = 0; at < keys.length; at += maxDeletedAtOnce) {
        const some = keys.slice(at, at + maxDeletedAtOnce)
        await asStorageTrouble(`Deleting ${some.length} objects`, () =>
          deleteSome(client, Bucket, some),
        )
      }
    },
  }
}

async function* pagesOf(client: S3Client, request: ListObjectsV2CommandInput) {
  let ContinuationToken: string | undefined
  do {
    const page = await asStorageTrouble(`Listing ${request.Prefix}`, () =>
      client.send(new ListObjectsV2Command({ ...request, ContinuationToken })),
    )
    yield page
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
}

async function deleteSome(client: S3Client, Bucket: string, keys: readonly string[]) {
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true }
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }))
  const [first] = Errors
  if (first !== undefined) {
    throw new Error(`${Errors.length} were left, the first ${first.Key}: ${first.Message}`)
  }
}

/** Throws StorageTrouble where S3 fails; what the chunks fail with is thrown as it is. */
async function upload(
  client: S3Client,
  Bucket: string,
  Key: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const parts = inUploadParts(chunks)
  try {
    await uploadParts(client, { Bucket, Key }, parts)
  } finally {
    // Also after a failure whatever the chunks are made from is let go of.
    await parts.return(undefined)
  }
}

async function uploadParts(
  client: S3Client,
  { Bucket, Key }: { readonly Bucket: string; readonly Key: string },
  parts: AsyncGenerator<Uint8Array>,
): Promise<void> {
  const sending = <Answer>(send: () => Promise<Answer>) =>
    asStorageTrouble(`Uploading ${Key}`, send)
  const first = await parts.next()
  const second = first.done ? first : await parts.next()
  if (second.done) {
    const Body = first.done ? new Uint8Array() : first.value
    await sending(() => client.send(new PutObjectCommand({ Bucket, Key, Body })))
    return
  }
  const { UploadId } = await sending(() =>
    client.send(new CreateMultipartUploadCommand({ Bucket, Key })),
  )
  const target = { Bucket, Key, UploadId }
  try {
    const Parts: { ETag: string | undefined; PartNumber: number }[] = []
    const uploadPart = async (Body: Uint8Array) => {
      const PartNumber = Parts.length + 1
      const { ETag } = await sending(() =>
        client.send(new UploadPartCommand({ ...target, PartNumber, Body })),
      )
      Parts.push({ ETag, PartNumber })
    }
    await uploadPart(first.value)
    await uploadPart(second.value)
    for await (const part of parts) await uploadPart(part)
    const MultipartUpload = { Parts }
    await sending(() =>
      client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload })),
    )
  } catch (cause) {
    // The failure that counts is the upload's; a leftover is removed by the bucket's lifecycle.
    await client.send(new AbortMultipartUploadCommand(target)).catch(() => undefined)
    throw cause
  }
}

async function* inUploadParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes >= uploadPartBytes) {
      yield Buffer.concat(waiting)
      waiting = []
      bytes = 0
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}
