import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileSystem } from 'aws-cdk-lib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundleFunctions } from '../../infra/function-code.ts'

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twofold-code-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('the code of the functions', () => {
  it('is the same wherever it is bundled, so that a deployment changes only what changed', async () => {
    const [here, there] = [await bundleFunctions(tempFolder()), await bundleFunctions(tempFolder())]
    expect(here.streamAggregate).not.toBe(there.streamAggregate)
    for (const name of ['streamAggregate', 'batchRollup'] as const) {
      expect(FileSystem.fingerprint(here[name])).toBe(FileSystem.fingerprint(there[name]))
    }
    expect(FileSystem.fingerprint(here.streamAggregate)).not.toBe(
      FileSystem.fingerprint(here.batchRollup),
    )
  })
})
