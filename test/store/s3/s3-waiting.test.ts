import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localCredentials, localRegion } from '../../../emulator/identity.ts'
import { createS3Objects } from '../../../lib/store/s3/s3-objects.ts'

const body = Buffer.alloc(100_000, 'the bytes of an object ')
const checksum = Buffer.alloc(4)
checksum.writeUInt32BE(crc32(body))

let server: Server
let wasReset: PromiseWithResolvers<void>
beforeAll(async () => {
  wasReset = Promise.withResolvers()
  // S3 sends a checksum with whole objects, and the SDK then reads them through a stream of its own.
  server = createServer((request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const isWhole = request.headers.range === undefined
    response.writeHead(isWhole ? 200 : 206, {
      etag: '"a"',
      'content-length': body.length - from,
      'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
      ...(isWhole && { 'x-amz-checksum-crc32': checksum.toString('base64') }),
    })
    if (!isWhole) {
      response.end(body.subarray(from))
      return
    }
    request.socket.once('close', wasReset.resolve)
    response.write(body.subarray(0, 10), () => request.socket.resetAndDestroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

it('an object whose connection ends while it waits to be read is read all the same', async () => {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const shared = { region: localRegion, credentials: localCredentials, forcePathStyle: true }
  const client = new S3Client({ ...shared, endpoint })
  const chunks = await createS3Objects(client, 'bucket').get('a')
  await wasReset.promise
  // An error that nobody listens to would end the process at one of these turns.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  const read = Buffer.concat(await Array.fromAsync(chunks ?? []))
  expect(read.equals(body)).toBe(true)
  client.destroy()
})
