/**
 * The child process of one embedded server: `server-host.ts <name> <folder>`. Tells its parent
 * `{ url }` once it answers, or `{ failed, inUse }`; closes in good order on the message `close`.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeIteratorsOnReturn } from './close-iterators.ts'
import { openWhenFree } from './level-store.ts'
import { quitWithParent } from './quit-with-parent.ts'
import type { ServerName, ServerReport } from './servers.ts'

type RunningServer = { readonly url: string; close(): Promise<void> }

const host = '127.0.0.1'

/** As long as a store may be held by a server of an earlier run that is just ending. */
const storeWaitMs = 5_000

async function startDynamodb(folder: string): Promise<RunningServer> {
  await openWhenFree('dynalite', folder, storeWaitMs)
  closeIteratorsOnReturn()
  const { default: dynalite } = await import('dynalite')
  return listen(dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }))
}

async function startKinesis(folder: string): Promise<RunningServer> {
  await openWhenFree('kinesalite', folder, storeWaitMs)
  const { default: kinesalite } = await import('kinesalite')
  return listen(
    kinesalite({
      path: folder,
      createStreamMs: 0,
      deleteStreamMs: 0,
      updateStreamMs: 0,
      shardLimit: 100_000,
    }),
  )
}

async function startS3(folder: string): Promise<RunningServer> {
  const { startS3Server } = await import('./s3-server/index.ts')
  return startS3Server({ folder, host, port: 0 })
}

function listen(server: Server): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo
      resolve({ url: `http://${host}:${port}`, close: () => close(server) })
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined || error === null ? resolve() : reject(error)))
    // Clients keep idle connections open, and those would hold the server up.
    server.closeAllConnections()
  })
}

const starters: Record<ServerName, (folder: string) => Promise<RunningServer>> = {
  dynamodb: startDynamodb,
  kinesis: startKinesis,
  s3: startS3,
}

function report(message: ServerReport): void {
  process.send?.(message)
}

async function main(name: ServerName, folder: string): Promise<void> {
  quitWithParent()
  try {
    const server = await starters[name](folder)
    process.on('message', () => {
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${String(error)}\n`)
          process.exit(1)
        },
      )
    })
    report({ url: server.url })
  } catch (error) {
    const inUse = error instanceof Error && error.name === 'StoreInUse'
    report({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
      inUse,
    })
  }
}

const [, , name, folder] = process.argv
await main(name as ServerName, folder ?? '')
