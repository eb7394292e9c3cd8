import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Trial } from './trial.ts'

/** All that hold engine and reference equal and leave nothing to chance. */
const tests = ['test/engine/shortcuts', 'test/engine/sums', 'test/engine/tables']

/** Compares engine and reference by the sources of a folder. */
export async function compareCopy(folder: string): Promise<Trial> {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', ...tests, '--bail', '1', '--maxWorkers', '1', '--reporter', 'json']
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
      maxBuffer: 2 ** 28,
    })
    return { caught: false, output: 'Engine and reference made the same.', summary: stdout }
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const found = failures(stdout).find(({ message }) => message.startsWith('Difference: '))
    // Whatever else went wrong is no proof that the comparison notices anything.
    if (found === undefined) throw new Error(stderr || stdout, { cause: error })
    const output = `${found.test}\n${found.message}`
    return { caught: true, output, summary: output.slice(0, maxSummary) }
  }
}

const maxSummary = 300

interface Failure {
  readonly test: string
  readonly message: string
}

function failures(report: string): readonly Failure[] {
  if (!report.startsWith('{')) return []
  const { testResults } = JSON.parse(report) as {
    testResults: {
      assertionResults: { fullName: string; failureMessages: readonly string[] | null }[]
    }[]
  }
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ fullName, failureMessages }) =>
      (failureMessages ?? []).map((message) => ({ test: fullName, message })),
    )
}
