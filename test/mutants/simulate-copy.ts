import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exitFailed } from '../../cli/exit-codes.ts'
import type { Trial } from './trial.ts'

/** Plays so many schedules by the sources of a folder. */
export async function simulateCopy(folder: string, seeds: number): Promise<Trial> {
  const script = join(folder, 'test/simulation/simulate.ts')
  const args = ['--seeds', String(seeds), '--stop-at-first']
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], {
      maxBuffer: 2 ** 26,
    })
    return { caught: false, output: stdout, summary: stdout }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Failed
    // Whatever else went wrong is no proof that the simulation notices anything.
    if (code !== exitFailed || !stdout.includes(' failed:\n')) throw new Error(stderr || stdout)
    return { caught: true, output: stdout, summary: summaryOf(stdout) }
  }
}

interface Failed {
  readonly code?: unknown
  readonly stdout?: string
  readonly stderr?: string
}

/** Which schedule failed, with what, and how many it took. */
function summaryOf(output: string): string {
  const [told = ''] = output.split('\nWhat happened')
  const counts = output.split('\n').find((line) => / schedules? with /.test(line)) ?? ''
  return `${told.trimEnd()}\n${counts}`
}
