import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

function run(script: string, ...args: string[]) {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1' }
  return promisify(execFile)(process.execPath, [script, ...args], { cwd: root, env })
}

describe('for a few seconds', () => {
  it.each([
    ['bench/soak.ts', ['--rate', '800']],
    // A machine that is busy with other tests may take longer than the lab allows.
    ['bench/lab.ts', ['--within', '200']],
  ])('%s keeps all that it promises', async (script, args) => {
    const { stdout } = await run(script, '--minutes', '0.1', '--seed', '1', ...args)
    expect(stdout).toMatch(/records sent +│ [1-9]/)
    expect(stdout).toMatch(/minute rows are exact +│ yes/)
    expect(stdout).not.toMatch(/│ NO /)
  })
})
