import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exitFailed } from '../../cli/exit-codes.ts'
import type { Trial } from './trial.ts'

/** Compares engine and reference by the sources of a folder. */
export async function compareCopy(folder: string): Promise<Trial> {
  const script = join(folder, 'test/mutants/compare.ts')
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      maxBuffer: 2 ** 28,
      timeout: maxMs,
    })
    return { caught: false, output: stdout, summary: stdout }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Failed
    // Whatever else went wrong is no proof that the comparison notices anything.
    if (code !== exitFailed || !stdout.startsWith('They are not the same ')) {
      throw new Error(stderr || stdout, { cause: error })
    }
    return { caught: true, output: stdout, summary: stdout.slice(0, maxSummary) }
  }
}

const maxSummary = 300
/** A mutant that turns for ever is none, since nobody would wait for its answer. */
const maxMs = 600_000

interface Failed {
  readonly code?: unknown
  readonly stdout?: string
  readonly stderr?: string
}
