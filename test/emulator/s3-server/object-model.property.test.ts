import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()

// Few and telling characters, so that keys share prefixes, and any others at all.
const character = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'b', '/', '.', '%', '+', ' ', 'é', '\uffff', '😀', '\0'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
)
const text = (minLength: number, maxLength: number) =>
  fc.string({ unit: character, minLength, maxLength })
const key = fc.oneof({ weight: 8, arbitrary: text(1, 6) }, { weight: 1, arbitrary: text(100, 250) })

interface Listing {
  readonly prefix: string
  readonly delimiter: string
  readonly startAfter: string
  readonly maxKeys: number
}
const listing: fc.Arbitrary<Listing> = fc.record({
  prefix: text(0, 2),
  delimiter: fc.constantFrom('', '/', 'a', 'é'),
  startAfter: text(0, 4),
  maxKeys: fc.integer({ min: 1, max: 6 }),
})

function byUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function expectedEntries(keys: Iterable<string>, { prefix, delimiter, startAfter }: Listing) {
  const entries = [...keys]
    .filter((name) => name.startsWith(prefix) && byUtf8(name, startAfter) > 0)
    .map((name) => {
      const at = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length)
      return at === -1 ? name : `${name.slice(0, at + delimiter.length)} and more`
    })
  return [...new Set(entries)].sort()
}

async function listedEntries(Bucket: string, request: Listing): Promise<string[]> {
  const entries: string[] = []
  let token: string | undefined
  let lastEntry = ''
  do {
    const page = await server.client.send(
      new ListObjectsV2Command({
        ...{ Bucket, EncodingType: 'url', ContinuationToken: token },
        ...{ Prefix: request.prefix, Delimiter: request.delimiter },
        ...{ StartAfter: request.startAfter, MaxKeys: request.maxKeys },
      }),
    )
    const objects = (page.Contents ?? []).map(({ Key = '' }) => decodeURIComponent(Key))
    const common = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => decodeURIComponent(Prefix))
    expect(objects).toEqual(objects.toSorted(byUtf8))
    expect(common).toEqual(common.toSorted(byUtf8))
    const merged = [...objects, ...common].sort(byUtf8)
    if (page.IsTruncated) expect(merged).toHaveLength(request.maxKeys)
    expect(merged.length).toBeLessThanOrEqual(request.maxKeys)
    expect(page.KeyCount).toBe(merged.length)
    if (merged[0] !== undefined) expect(byUtf8(lastEntry, merged[0])).toBeLessThan(0)
    lastEntry = merged.at(-1) ?? lastEntry
    entries.push(...objects, ...common.map((prefix) => `${prefix} and more`))
    token = page.NextContinuationToken
  } while (token !== undefined)
  return entries.sort()
}

test('objects and listings agree with a map from keys to bytes', async () => {
  const puts = fc.array(fc.tuple(key, fc.uint8Array({ maxLength: 50 })), { maxLength: 14 })
  await fc.assert(
    fc.asyncProperty(
      puts,
      fc.array(fc.nat(20), { maxLength: 4 }),
      fc.array(listing, { minLength: 1, maxLength: 4 }),
      async (written, deletedAt, listings) => {
        const Bucket = await server.newBucket()
        const model = new Map<string, Uint8Array>()
        for (const [Key, Body] of written) {
          await server.client.send(new PutObjectCommand({ Bucket, Key, Body }))
          model.set(Key, Body)
        }
        for (const Key of deletedAt.flatMap((at) => written[at]?.[0] ?? [])) {
          await server.client.send(new DeleteObjectCommand({ Bucket, Key }))
          model.delete(Key)
        }
        for (const [Key, bytes] of model) {
          const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key }))
          expect(await Body?.transformToByteArray()).toEqual(bytes)
        }
        for (const request of listings) {
          expect(await listedEntries(Bucket, request)).toEqual(
            expectedEntries(model.keys(), request),
          )
        }
      },
    ),
    { numRuns: 60 },
  )
})
