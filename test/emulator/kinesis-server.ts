import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KinesisClient } from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll } from 'vitest'
import { localKinesisClient } from '../../emulator/clients.ts'
import { type Servers, startServers } from '../../emulator/servers.ts'

/** An embedded Kinesis for the tests of a file. Its getters work once the tests run. */
export type KinesisForFile = { readonly client: KinesisClient; readonly endpoint: string }

/** Starts an embedded Kinesis before the tests of this file, and stops it after them. */
export function kinesisForFile(): KinesisForFile {
  const folder = mkdtempSync(join(tmpdir(), 'twofold-test-'))
  let servers: Servers<'kinesis'>
  let client: KinesisClient
  beforeAll(async () => {
    servers = await startServers({ folder, which: ['kinesis'] })
    client = localKinesisClient(servers.endpoints.kinesis)
  })
  afterAll(async () => {
    client.destroy()
    await servers.close()
    await rm(folder, { recursive: true })
  })
  return {
    get client() {
      return client
    },
    get endpoint() {
      return servers.endpoints.kinesis
    },
  }
}
