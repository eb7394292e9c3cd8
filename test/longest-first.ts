import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes, the longest first, so that no worker is left alone with one at the end. */
const longest = ['real-input', 'small-input', 'bad-input', 'killed-run', 'crashes']

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`))
  return rank < 0 ? longest.length : rank
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rankOf(a) - rankOf(b))
  }
}
