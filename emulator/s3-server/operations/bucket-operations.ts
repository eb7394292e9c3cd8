import { S3Error } from '../protocol/s3-error.ts'
import { buildXml } from '../protocol/xml.ts'
import type { Operation } from './operation.ts'

/** CreateBucket. */
export const createBucket: Operation = ({ bucket }, { store, nowMs }) => {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new S3Error('InvalidBucketName', `'${bucket}' is not a valid bucket name.`)
  }
  if (!store.buckets.create(bucket, nowMs())) {
    throw new S3Error('BucketAlreadyOwnedByYou', `The bucket '${bucket}' exists already.`)
  }
  return { status: 200, headers: { location: `/${bucket}` } }
}

/** HeadBucket. */
export const headBucket: Operation = ({ bucket }, { store }) => {
  store.buckets.require(bucket)
  return { status: 200 }
}

/** ListBuckets, always whole. */
export const listBuckets: Operation = (_request, { store }) => ({
  status: 200,
  body: buildXml('ListAllMyBucketsResult', {
    Buckets: {
      Bucket: store.buckets.list().map(({ name, createdMs }) => ({
        Name: name,
        CreationDate: new Date(createdMs).toISOString(),
      })),
    },
  }),
})
