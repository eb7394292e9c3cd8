import { execFile } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Workspace } from './workspace.ts'

const root = resolve(import.meta.dirname, '../..')
const workspace = new Workspace()
afterAll(() => workspace.remove())

/** The command line with a definition of its own. */
const copy = workspace.path('copy')
const definition = readFileSync(join(root, 'pipeline.config.ts'), 'utf8')

beforeAll(() => {
  for (const name of ['cli', 'lib', 'emulator', 'local', 'build', 'package.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})

/** Runs the command after one change to the definition. */
async function twofoldWith([from, to]: readonly [string, string], ...args: readonly string[]) {
  expect(definition).toContain(from)
  writeFileSync(join(copy, 'pipeline.config.ts'), definition.replace(from, to))
  const { promise, resolve: done } = Promise.withResolvers<{
    exitCode: unknown
    stdout: string
    stderr: string
  }>()
  const env = { PATH: process.env.PATH, NO_COLOR: '1' }
  const node = join(root, 'node_modules/.bin/node')
  execFile(node, [join(copy, 'cli/twofold.ts'), ...args], { env }, (error, stdout, stderr) => {
    done({ exitCode: error === null ? 0 : error.code, stdout, stderr })
  })
  return promise
}

const typo = ["sum('quantity')", "sum('quanttity')"] as const

describe('a mistake in pipeline.config.ts is told in one line that says where', () => {
  it.each([
    [typo, ': purchases-by-product: quantity names no field of the event: quanttity\n'],
    [
      ["rankBy: 'revenue'", "rankBy: 'revenu'"],
      ': purchases-by-product: rankBy names no measure: revenu\n',
    ],
    [["timeZone: 'UTC'", "timeZone: 'UTCC'"], ': No IANA time zone is named "UTCC"\n'],
    [['aggregations: {', 'aggregations: {{'], ':30: SyntaxError: '],
    [['purchases: count()', 'purchases: coun()'], ':34: ReferenceError: coun is not defined\n'],
    [['  count,', '  coount,'], ":2: SyntaxError: The requested module './lib/core/index.ts' does"],
    [['export default pipeline', 'export default 5'], ': the default export is not what '],
  ] as const)('%j', async (change, text) => {
    const { exitCode, stdout, stderr } = await twofoldWith(change, 'status')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^twofold: pipeline\.config\.ts[^\n]*\n$/)
    expect(stderr).toContain(`twofold: pipeline.config.ts${text}`)
  })

  it('before an option is called unknown that the definition would have made', async () => {
    const args = ['query', '--grain', 'day', '--key-currency', 'EUR']
    const { exitCode, stderr } = await twofoldWith(typo, ...args)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^twofold: pipeline\.config\.ts: [^\n]*quanttity\n$/)
  })

  it('while --help and --version work all the same', async () => {
    const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
    expect(await twofoldWith(typo, '--version')).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    })
    for (const args of [['--help'], ['query', '--help'], ['help', 'verify']]) {
      const { exitCode, stdout, stderr } = await twofoldWith(typo, ...args)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(/^Usage: twofold /)
      expect(stdout).not.toContain('undefined')
    }
  })
})
