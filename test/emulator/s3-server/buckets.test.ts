import { CreateBucketCommand, HeadBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { serverForTests } from './running-server.ts'

const server = await serverForTests()

test('a bucket exists once it is created, and can be created only once', async () => {
  await server.client.send(new CreateBucketCommand({ Bucket: 'mine' }))
  const head = await server.client.send(new HeadBucketCommand({ Bucket: 'mine' }))
  expect(head.$metadata.httpStatusCode).toBe(200)
  await expect(
    server.client.send(new CreateBucketCommand({ Bucket: 'mine' })),
  ).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou', $metadata: { httpStatusCode: 409 } })
})

test('a bucket that is not there is not found', async () => {
  await expect(
    server.client.send(new HeadBucketCommand({ Bucket: 'nowhere' })),
  ).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } })
})

test.each(['ab', 'Upper-Case', 'under_score', '-dash', 'a'.repeat(64)])(
  'the bucket name %s is refused',
  async (name) => {
    await expect(
      server.client.send(new CreateBucketCommand({ Bucket: name })),
    ).rejects.toMatchObject({ name: 'InvalidBucketName' })
  },
)

test('buckets are listed by name, with the time of their creation', async () => {
  await server.client.send(new CreateBucketCommand({ Bucket: 'zebra' }))
  await server.client.send(new CreateBucketCommand({ Bucket: 'aardvark' }))
  const { Buckets } = await server.client.send(new ListBucketsCommand({}))
  const names = Buckets?.map((bucket) => bucket.Name)
  expect(names).toEqual([...(names ?? [])].sort())
  expect(names).toEqual(expect.arrayContaining(['aardvark', 'zebra']))
  expect(Buckets?.[0]?.CreationDate).toEqual(new Date(server.nowMs))
})
