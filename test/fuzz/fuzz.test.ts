import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SeededRandom } from '../data/seeded-random.ts'
import { Workspace } from '../end-to-end/workspace.ts'
import { findingsFolder, findingsOf } from './findings.ts'
import { mutate } from './mutate.ts'
import { targets } from './targets/index.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

interface Finished {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

function fuzzCommand(...args: readonly string[]): Promise<Finished> {
  const node = resolve(import.meta.dirname, '../../node_modules/.bin/node')
  return new Promise((fulfil) => {
    execFile(node, [join(import.meta.dirname, 'command.ts'), ...args], (error, stdout, stderr) => {
      fulfil({ exitCode: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

describe('inputs that failed once', () => {
  it('are of targets that there are', () => {
    const names = targets.map(({ name }) => name)
    expect(readdirSync(findingsFolder).filter((name) => !names.includes(name))).toEqual([])
  })

  it.each(targets)('pass now: $name', async (target) => {
    for (const input of [...findingsOf(findingsFolder, target.name), ...target.seeds]) {
      await target.check(Uint8Array.from(input))
    }
  })
})

describe('the fuzzer', () => {
  it('tries every target', async () => {
    const args = ['--iterations', '64', '--seed', '1', '--findings', workspace.path('none')]
    const { exitCode, stdout, stderr } = await fuzzCommand(...args)
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' })
    for (const { name } of targets)
      expect(stdout).toMatch(new RegExp(`^${name}: [6-9]\\d inputs`, 'm'))
  })

  it('finds what nobody comes upon by chance, since it sees which code has run', async () => {
    const folder = workspace.path('findings')
    const args = ['--target', 'planted', '--seed', '1', '--findings', folder]
    const blind = await fuzzCommand(...args, '--iterations', '12000', '--no-coverage')
    expect(blind).toMatchObject({ exitCode: 0, stderr: '' })
    const { exitCode, stdout } = await fuzzCommand(...args, '--iterations', '12000')
    expect(exitCode, stdout).toBe(1)
    expect(stdout).toContain('planted failed with --seed 1: Error: found')
    expect(stdout).toContain('The input as text: "hunt"')
    expect(stdout).toContain(`In base64: ${Buffer.from('hunt').toString('base64')}`)
    expect(findingsOf(folder, 'planted')).toEqual([Buffer.from('hunt')])
    const again = await fuzzCommand(...args, '--iterations', '12000')
    const untimed = (text: string) => text.replace(/took \d+ ms/, '')
    expect(untimed(again.stdout)).toBe(untimed(stdout))
  })

  it('makes the same inputs of the same seed, none too long', () => {
    const made = (seed: number) => {
      const random = new SeededRandom(seed)
      const corpus = [Buffer.from('{"a":12}'), Buffer.alloc(0)]
      const material = { random, corpus, dictionary: [Buffer.from('word')], maxBytes: 500 }
      return Array.from({ length: 500 }, () => mutate(random.pick(corpus), material))
    }
    const inputs = made(3)
    expect(made(3)).toEqual(inputs)
    expect(made(4)).not.toEqual(inputs)
    expect(Math.max(...inputs.map(({ length }) => length))).toBeLessThanOrEqual(500)
    expect(
      new Set(inputs.map((input) => Buffer.from(input).toString('latin1'))).size,
    ).toBeGreaterThan(200)
  })
})
