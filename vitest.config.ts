import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const playsThePipeline = /\/test\/(end-to-end|simulation)\//

/**
 * Files that play the whole pipeline come first, since they take the longest: so no worker is left
 * alone with one of them at the end. Otherwise as the runner has it: longest first by what the last
 * run took, or largest first in a clean checkout.
 */
class WholePipelineFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => (playsThePipeline.test(moduleId) ? 0 : 1)
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A busy machine may take five times as long as a quiet one, and what hangs fails all the same.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A condition that is waited for fails a test only when it does not come at all.
    expect: { poll: { timeout: 30_000 } },
    // Half of the tests wait for processes that they started, so two files at once pay on two cores.
    maxWorkers: 2,
    sequence: { sequencer: WholePipelineFirst },
    reporters: process.env.CI ? ['default'] : ['dot'],
  },
})
