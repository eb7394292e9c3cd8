import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes, the longest first, so that no worker is left alone with one at the end. */
const longest = [
  'real-input',
  'small-input',
  'bad-input',
  'killed-run',
  'redrive',
  'fault-proxy',
  'load-commands',
  'simulation',
  'crashes',
]

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`))
  return rank < 0 ? longest.length : rank
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rankOf(a) - rankOf(b))
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
    sequence: { sequencer: LongestFirst },
    reporters: process.env.CI ? ['default'] : ['dot'],
  },
})
