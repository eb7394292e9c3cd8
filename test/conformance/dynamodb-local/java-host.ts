/**
 * Runs DynamoDB Local for as long as its parent lives: `java-host.ts <java> <argument>…`. `{port}` in
 * an argument becomes a free port. Tells its parent `{ url }` once the server answers, or
 * `{ failed }`, and ends with the server. The server's own output is passed on.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeExit } from '../../../emulator/child-process.ts'
import { quitWithParent } from '../../../emulator/quit-with-parent.ts'
import type { ServerReport } from '../../../emulator/servers.ts'

const host = '127.0.0.1'
const readyWaitMs = 60_000
const pollMs = 50

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Any answer will do: one without credentials is refused. */
async function untilAnswered(url: string): Promise<void> {
  const deadline = performance.now() + readyWaitMs
  while (performance.now() < deadline) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
    await sleep(pollMs)
  }
  throw new Error(`it did not answer within ${readyWaitMs / 1000} s`)
}

function report(message: ServerReport): void {
  process.send?.(message)
}

async function main(java: string, args: readonly string[]): Promise<void> {
  quitWithParent()
  const port = String(await freePort())
  const server = spawn(
    java,
    args.map((arg) => arg.replace('{port}', port)),
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  // However this process ends, but for SIGKILL, the server ends first.
  process.on('exit', () => server.kill('SIGKILL'))
  process.on('message', () => process.exit(0))
  const ended = new Promise<never>((_, reject) => {
    server.once('error', reject)
    server.once('exit', (code, signal) => {
      reject(new Error(`java ended with ${describeExit({ code, signal })}`))
    })
  })
  const url = `http://${host}:${port}`
  try {
    await Promise.race([untilAnswered(url), ended])
    report({ url })
    await ended
  } catch (error) {
    report({ failed: error instanceof Error ? error.message : String(error), inUse: false })
    process.disconnect()
  }
}

const [, , java = '', ...args] = process.argv
await main(java, args)
