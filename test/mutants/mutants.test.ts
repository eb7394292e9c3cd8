import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mutants, mutate } from './mutants.ts'

const root = resolve(import.meta.dirname, '../..')

describe('mutants', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'fit the sources as they are today: %s',
    (_name, mutant) => {
      const source = readFileSync(join(root, mutant.file), 'utf8')
      expect(mutate(mutant, source)).not.toBe(source)
    },
  )

  it('that do not fit are told, and not taken for caught', () => {
    const [mutant] = mutants
    if (mutant === undefined) throw new Error('There is no mutant')
    expect(() => mutate(mutant, '')).toThrow('does not fit its source any more')
  })

  it('are caught, with the schedule that failed', async () => {
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/node'), [
      join(root, 'test/mutants/run-mutants.ts'),
      '--only',
      'week merged',
      '--seeds',
      '50',
    ])
    expect(stdout).toMatch(/^caught +week merged into month\n +The schedule of seed \d+ failed:/)
    expect(stdout).toContain('1 of 1 mutants were caught')
  })

  it('that nothing notices make the exit code 1', async () => {
    const none = promisify(execFile)(join(root, 'node_modules/.bin/node'), [
      join(root, 'test/mutants/run-mutants.ts'),
      ...['--only', 'week merged', '--seeds', '0'],
    ])
    await expect(none).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('SURVIVED'),
    })
  })
})
