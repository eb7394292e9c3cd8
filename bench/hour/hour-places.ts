import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localS3Client } from '../../emulator/clients.ts'
import { provisionBucket } from '../../emulator/provision.ts'
import { startServers } from '../../emulator/servers.ts'
import { createHistory } from '../../lib/records/history.ts'
import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { createS3Objects } from '../../lib/store/s3/s3-objects.ts'
import type { HourPlace } from './fold-pass.ts'

export const inMemory = (): HourPlace => ({
  name: 'memory',
  history: createHistory(new MemoryObjects()),
  serverPid: undefined,
})

const bucket = 'twofold'

/** History on an embedded server of its own, in a folder that goes with it. */
export async function onEmbeddedServer(): Promise<HourPlace & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'twofold-hour-'))
  started.defer(() => rm(folder, { recursive: true }))
  const servers = await startServers({ folder, which: ['s3'] })
  started.defer(() => servers.close())
  const client = localS3Client(servers.endpoints.s3)
  started.defer(() => client.destroy())
  await provisionBucket(client, bucket)
  const kept = started.move()
  return {
    name: 'embedded S3',
    history: createHistory(createS3Objects(client, bucket)),
    serverPid: servers.pids[0],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
