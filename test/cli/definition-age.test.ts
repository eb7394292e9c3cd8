import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRunsDefinition } from '../../cli/definition-age.ts'

let folder = ''
let file = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-definition-'))
  file = join(folder, 'pipeline.config.ts')
  await writeFile(file, '')
})

afterAll(() => rm(folder, { recursive: true }))

describe('a command that runs', () => {
  const running = { command: 'twofold start', startedAt: '2026-11-22T10:00:00.000Z' }

  it.each([
    ['2026-11-22T09:59:59Z', undefined],
    ['2026-11-22T10:00:01Z', 'pipeline.config.ts was changed after `twofold start` was started'],
  ])('reads events by a definition that was changed at %s: %s', async (changedAt, problem) => {
    const changed = new Date(changedAt)
    await utimes(file, changed, changed)
    const checking = checkRunsDefinition(running, file)
    if (problem === undefined) await expect(checking).resolves.toBeUndefined()
    else await expect(checking).rejects.toThrow(problem)
  })
})
