import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

function run(script: string, ...args: string[]) {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1' }
  return promisify(execFile)(process.execPath, [script, ...args], { cwd: root, env })
}

describe('for a few seconds', () => {
  it.each([
    ['bench/soak.ts', '800'],
    ['bench/lab.ts', '200'],
  ])('%s keeps all that it promises', { timeout: 120_000 }, async (script, rate) => {
    const { stdout } = await run(script, '--minutes', '0.1', '--rate', rate, '--seed', '1')
    expect(stdout).toMatch(/records sent +│ [1-9]/)
    expect(stdout).toMatch(/minute rows are exact +│ yes/)
    expect(stdout).not.toMatch(/│ NO /)
  })

  it('tells wrong options', async () => {
    await expect(run('bench/soak.ts', '--rate', 'fast')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--rate'),
    })
  })
})
