import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { consoleExamples } from './console-examples.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (name: string) => readFile(join(root, name), 'utf8')

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-readme-'))
  await symlink(join(root, 'examples'), join(folder, 'examples'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** How long it took differs each time. */
const maskTime = (text: string) => text.replace(/done in [\d.]+ s/, 'done in # s')

async function outputOf(command: string): Promise<string> {
  const [npx, twofold, ...words] = command.replace('npx --no-install ', 'npx ').split(' ')
  expect([npx, twofold]).toEqual(['npx', 'twofold'])
  const { stdout } = await run(process.execPath, [join(root, 'cli/twofold.ts'), ...words], {
    cwd: folder,
  })
  return stdout
}

describe('the README', () => {
  test('shows what its commands print', async () => {
    const examples = consoleExamples(await read('README.md'))
    expect(examples.length).toBeGreaterThan(2)
    for (const { command, output } of examples) {
      expect(maskTime(await outputOf(command)), command).toBe(maskTime(output))
    }
  })

  test('has an example that folds to the very rows that were exported', async () => {
    for (const grain of ['minute', 'day', 'week', 'month']) {
      const exported = await outputOf(`npx twofold export --grain ${grain}`)
      const folded = await outputOf(`npx twofold fold examples/purchases.ndjson --grain ${grain}`)
      const withoutStatus = exported.replaceAll(/,"status":"\w+"\}$/gm, '}')
      expect(folded.split('\n').sort(), grain).toEqual(withoutStatus.split('\n').sort())
    }
  })

  test('lists every command', async () => {
    const readme = await read('README.md')
    const help = await outputOf('npx twofold --help')
    const commands = [...help.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) => name)
    expect(commands.length).toBeGreaterThan(4)
    for (const name of commands) expect(readme).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'))
  })
})
