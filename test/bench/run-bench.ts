import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const script = fileURLToPath(new URL('../../bench/bench.ts', import.meta.url))

/** What a benchmark prints. Rejects where it fails, or says anything else. */
export async function runBench(...args: readonly string[]): Promise<string> {
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, NO_COLOR: '1' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args], { env })
  if (stderr !== '') throw new Error(stderr)
  return stdout
}
