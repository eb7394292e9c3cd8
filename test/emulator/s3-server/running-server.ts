import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll } from 'vitest'
import { type S3Server, startS3Server } from '../../../emulator/s3-server/index.ts'

/** A server in a folder of its own under the system's temporary folder, and clients for it. */
export class RunningServer {
  readonly folder: string
  /** What the server takes for now; set it to move the clock. */
  nowMs = Date.UTC(2026, 10, 22, 10, 26, 30, 500)
  #server: S3Server | undefined
  #client: S3Client | undefined
  #buckets = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  static async start(): Promise<RunningServer> {
    const running = new RunningServer(await mkdtemp(join(tmpdir(), 's3-server-')))
    await running.open()
    return running
  }

  get url(): string {
    if (this.#server === undefined) throw new Error('The server is not running')
    return this.#server.url
  }

  get client(): S3Client {
    if (this.#client === undefined) throw new Error('The server is not running')
    return this.#client
  }

  /** Makes a bucket that no other test uses. */
  async newBucket(): Promise<string> {
    this.#buckets += 1
    const bucket = `bucket-${this.#buckets}`
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }))
    return bucket
  }

  /** The names of the files that hold the bytes of objects and parts. */
  bodyFiles(): Promise<string[]> {
    return bodyFiles(this.folder)
  }

  async open(): Promise<void> {
    this.#server = await startS3Server({ folder: this.folder, port: 0, nowMs: () => this.nowMs })
    this.#client = newClient(this.#server.url)
  }

  async close(): Promise<void> {
    this.#client?.destroy()
    await this.#server?.close()
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.folder, { recursive: true })
  }
}

/** A client that does not try again, so that a test sees every answer. */
export function newClient(url: string): S3Client {
  return new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
}

/** The names of the body files in a server's folder. */
export function bodyFiles(folder: string): Promise<string[]> {
  return readdir(join(folder, 'bodies'))
}

/** A server for the tests of one file, which is gone after them. */
export async function serverForTests(): Promise<RunningServer> {
  const server = await RunningServer.start()
  afterAll(() => server.remove())
  return server
}
