import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { baseEnvironment, type Child, describeExit, forkChild } from './child-process.ts'
import { localAccountId, localRegion } from './identity.ts'

export type ServerName = 'dynamodb' | 'kinesis' | 's3'

/** Where servers answer, as URLs. */
export type AllEndpoints = { readonly [name in ServerName]: string }

/** Those of the servers that run. */
export type Endpoints = { readonly [name in ServerName]?: string }

/** What the child process of a server tells when it has started, or could not. */
export type ServerReport =
  | { readonly url: string }
  | { readonly failed: string; readonly inUse: boolean }

export type Servers<Name extends ServerName = ServerName> = {
  readonly endpoints: { readonly [name in Name]: string }
  /** The process ids, for those who want to watch them. */
  readonly pids: readonly number[]
  /** Never resolves. Rejects when a server ends that was not told to. */
  readonly died: Promise<never>
  /** Stops the servers in good order. Stop what talks to them first. */
  close(): Promise<void>
}

/** A server that should run does not; the message has the last lines that it printed. */
export class ServerDied extends Error {
  override readonly name = 'ServerDied'
}

/** A server could not start. */
export class ServerNotStarted extends Error {
  override readonly name = 'ServerNotStarted'
  /** Another process holds the data of the server. */
  readonly inUse: boolean

  constructor(message: string, inUse: boolean) {
    super(message)
    this.inUse = inUse
  }
}

type RunningServer = {
  readonly url: string
  readonly pid: number
  readonly died: Promise<never>
  close(): Promise<void>
}

/** How long a server may take to close its store before it is killed; killing loses nothing. */
const closeWaitMs = 5_000

const keptOutputLines = 20

/** Some times what a server holds at once. Its garbage would grow for as long as it is allowed to. */
const maxHeapMb = 128

/**
 * Starts embedded servers, each in a child process that keeps its data in `<folder>/<name>` and
 * listens on the loopback interface. The children end when this process does, in whatever way.
 *
 * @throws {ServerNotStarted} when one could not start; the others are stopped again.
 */
export async function startServers<Name extends ServerName>(options: {
  readonly folder: string
  readonly which: readonly Name[]
}): Promise<Servers<Name>> {
  const starting = options.which.map((name) => startServer(name, join(options.folder, name)))
  const started = await Promise.allSettled(starting)
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async () => {
    await Promise.all(running.map((server) => server.close()))
  }
  const failure = started.find((result) => result.status === 'rejected')
  if (failure !== undefined) {
    await close()
    throw failure.reason
  }
  const urls = options.which.map((name, index) => [name, running[index]?.url])
  const died = Promise.race(running.map((server) => server.died))
  died.catch(() => {})
  return {
    endpoints: Object.fromEntries(urls) as Servers<Name>['endpoints'],
    pids: running.map((server) => server.pid),
    died,
    close,
  }
}

async function startServer(name: ServerName, folder: string): Promise<RunningServer> {
  await mkdir(folder, { recursive: true })
  const output: string[] = []
  const child = forkChild({
    script: new URL('./server-host.ts', import.meta.url),
    args: [name, folder],
    env: {
      ...baseEnvironment(),
      AWS_REGION: localRegion,
      AWS_ACCOUNT_ID: localAccountId,
    },
    maxHeapMb,
    onLine: (line) => {
      output.push(line)
      if (output.length > keptOutputLines) output.shift()
    },
  })
  const url = await untilReady(name, child, output)
  let closing = false
  const died = child.exited.then((exit): Promise<never> => {
    if (closing) return new Promise(() => {})
    throw new ServerDied(
      withOutput(`the embedded ${name} server ended with ${describeExit(exit)}`, output),
    )
  })
  died.catch(() => {})
  return {
    url,
    pid: child.pid,
    died,
    close: () => {
      closing = true
      return closeChild(child)
    },
  }
}

function untilReady(name: ServerName, child: Child, output: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.onMessage((message) => {
      const report = message as ServerReport
      if ('url' in report) {
        resolve(report.url)
        return
      }
      child.disconnect()
      reject(new ServerNotStarted(explainFailure(name, report), report.inUse))
    })
    child.exited.then((exit) => {
      const what = `the embedded ${name} server ended with ${describeExit(exit)} before it was ready`
      reject(new ServerNotStarted(withOutput(what, output), false))
    }, reject)
  })
}

function explainFailure(name: ServerName, report: { failed: string; inUse: boolean }): string {
  return report.inUse
    ? `the data folder is in use: another process holds the data of the embedded ${name} server; stop that process, or choose another folder`
    : `the embedded ${name} server could not start: ${report.failed}`
}

function withOutput(what: string, output: readonly string[]): string {
  return output.length === 0 ? what : `${what}; it printed last:\n${output.join('\n')}`
}

async function closeChild(child: Child): Promise<void> {
  child.send({ close: true })
  const impatient = setTimeout(() => child.kill(), closeWaitMs)
  await child.exited
  clearTimeout(impatient)
}
