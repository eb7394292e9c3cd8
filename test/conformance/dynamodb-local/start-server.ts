import { join } from 'node:path'
import { baseEnvironment, describeExit, forkChild } from '../../../emulator/child-process.ts'
import { ServerDied, ServerNotStarted, type ServerReport } from '../../../emulator/servers.ts'

export interface DynamoDbLocal {
  readonly url: string
  /** Never resolves. Rejects with ServerDied when the server ends that was not told to. */
  readonly died: Promise<never>
  close(): Promise<void>
}

/** As of this version Java has no security manager, which is what keeps other machines out. */
const firstWithoutSecurityManager = 24

const keptOutputLines = 40

export function answersThisMachineAlone(javaVersion: number): boolean {
  return javaVersion < firstWithoutSecurityManager
}

/**
 * Starts DynamoDB Local at a free port, in memory. It ends when this process does, in whatever way.
 *
 * @throws {ServerNotStarted} with what it printed.
 */
export async function startDynamoDbLocal(options: {
  readonly java: string
  readonly javaVersion: number
  readonly jarFolder: string
}): Promise<DynamoDbLocal> {
  const output: string[] = []
  const child = forkChild({
    script: new URL('./java-host.ts', import.meta.url),
    args: [options.java, ...argumentsOf(options)],
    env: baseEnvironment(),
    onLine: (line) => {
      output.push(line)
      if (output.length > keptOutputLines) output.shift()
    },
  })
  let why: string | undefined
  const ended = child.exited.then((exit) => {
    const reason = why ?? `its host ended with ${describeExit(exit)}`
    return [`DynamoDB Local: ${reason}`, ...output].join('\n')
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.onMessage((message) => {
      const report = message as ServerReport
      if ('url' in report) resolve(report.url)
      else why = report.failed
    })
    ended.then((message) => reject(new ServerNotStarted(message, false)), reject)
  })
  const died = ended.then((message): never => {
    throw new ServerDied(message)
  })
  died.catch(() => {})
  return {
    url,
    died,
    async close() {
      child.send({ close: true })
      await child.exited
    },
  }
}

function argumentsOf({ javaVersion, jarFolder }: { javaVersion: number; jarFolder: string }) {
  const policy = join(import.meta.dirname, 'loopback.policy')
  return [
    '-Xmx512m',
    // DynamoDB Local listens on every interface, so Java itself has to turn other machines away.
    ...(answersThisMachineAlone(javaVersion)
      ? ['-Djava.security.manager', `-Djava.security.policy==${policy}`]
      : []),
    `-Djava.library.path=${join(jarFolder, 'DynamoDBLocal_lib')}`,
    ...['-jar', join(jarFolder, 'DynamoDBLocal.jar')],
    ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', '{port}'],
  ]
}
