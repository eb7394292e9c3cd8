import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mutate } from './mutant.ts'
import { mutants } from './mutants.ts'
import { tryMutants } from './try-mutants.ts'

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
    expect(stdout).toMatch(
      /^caught +week merged into month\n +in \S+\n +breaks: .+\n +The schedule of seed \d+ failed:/,
    )
    expect(stdout).toMatch(/\ncaught: 1 of 1\n$/)
  })

  it('of the engine are caught by its comparison with the reference', async () => {
    const compared = mutants.filter(({ name }) => name === 'a sum without its carry')
    const told: string[] = []
    const print = (text: string) => void told.push(text)
    expect(await tryMutants(compared, { seeds: 1, stories: false, print })).toBe(0)
    expect(told[0]).toBe('caught   a sum without its carry')
    expect(told[2]).toContain('They are not the same')
    expect(told.at(-1)).toBe('caught: 1 of 1')
  })

  it('that nothing notices are counted, with what they were to break', async () => {
    const harmless = {
      name: 'nothing broken',
      breaks: 'No promise.',
      file: 'lib/core/sequence-number.ts',
      edits: [{ from: 'left.length - right.length\n', to: '(left.length - right.length)\n' }],
    }
    const told: string[] = []
    const print = (text: string) => void told.push(text)
    expect(await tryMutants([harmless], { seeds: 1, stories: false, print })).toBe(1)
    expect(told.slice(0, 2)).toEqual([
      'SURVIVED nothing broken',
      '    in lib/core/sequence-number.ts\n    breaks: No promise.',
    ])
    expect(told.at(-2)).toContain('    1 schedule with ')
    expect(told.at(-1)).toBe('caught: 0 of 1')
  })
})
