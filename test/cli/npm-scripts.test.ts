import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

interface Package {
  readonly scripts: Readonly<Record<string, string>>
}

/** The scripts of package.json that run a command of their own, each with its source. */
const commands = Object.entries(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package).scripts,
).flatMap(([name, script]) => {
  const [, file] = /^node ((?:bench|test)\/\S+\.ts)$/.exec(script) ?? []
  return file === undefined ? [] : [[name, file] as const]
})

function run(file: string, ...args: readonly string[]) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((fulfil) => {
    execFile(
      join(root, 'node_modules/.bin/node'),
      [join(root, file), ...args],
      (error, stdout, stderr) => fulfil({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe('npm run', () => {
  it('has commands of its own', () => {
    expect(commands.map(([name]) => name)).toContain('simulate')
    expect(commands.length).toBeGreaterThan(5)
  })

  it.each(commands)('%s tells how it is used', async (name, file) => {
    const { exitCode, stdout, stderr } = await run(file, '--help')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name} -- \\[options\\]`))
  })

  it.each(commands)('%s refuses an option that there is not', async (name, file) => {
    expect(await run(file, '--bogus')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: unknown option '--bogus'\n(see npm run ${name} -- --help)\n`,
    })
  })

  it.each([
    ['bench/bench.ts', ['bundles', '0'], 'It must be a whole number from 1 up.'],
    ['bench/lab.ts', ['--seed', 'x'], "'x' is invalid. It must be a whole number from 0 up."],
    ['bench/lab.ts', ['--within', '0'], "'0' is invalid. It must be a number over 0."],
    ['test/fuzz/command.ts', ['foo'], 'too many arguments'],
    ['test/fuzz/command.ts', ['--seconds', 'abc'], "'abc' is invalid. It must be a whole number"],
    ['test/fuzz/command.ts', ['--target', 'nope'], "'nope' is invalid. The targets are decoder, "],
    ['test/fuzz/command.ts', ['--seconds', '1', '--iterations', '1'], 'cannot be used with'],
    ['test/simulation/simulate.ts', ['--seeds', '0'], "'0' is invalid."],
    ['test/simulation/simulate.ts', ['--seed', '5', '--seeds', '7'], 'cannot be used with'],
    ['test/mutants/run-mutants.ts', ['--seeds', '0'], "'0' is invalid."],
    [
      'test/mutants/run-mutants.ts',
      ['--only', 'nosuch'],
      "No mutant's name holds it; there are:\n",
    ],
  ] as const)('%s refuses %j', async (file, args, message) => {
    const { exitCode, stdout, stderr } = await run(file, ...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/\(see npm run \S+ -- --help\)\n$/)
  })

  it('simulate tells the story of a schedule', async () => {
    const { exitCode, stdout } = await run('test/simulation/simulate.ts', '--seed', '5')
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(
      /^The schedule of seed 5 is right: \d+ events? in \d+ simulated minutes?\n/,
    )
    expect(stdout).toMatch(/\n\S+ -- from here on nothing goes wrong\n/)
  })
})
