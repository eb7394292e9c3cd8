import { expect } from 'vitest'
import { type AlteredInput, alterInput } from '../data/altered-input.ts'
import { twofoldOk } from './twofold-command.ts'
import { grouped, type Workspace } from './workspace.ts'

/** For commands and tests that go through the whole real file. */
export const longRun = { timeoutMs: 590_000 }
export const longTest = 600_000

/** The lines in three files, out of order and with repeats and malformed lines, the same each time. */
export function altered(lines: readonly Buffer[]): AlteredInput {
  return alterInput(lines, { seed: 12, files: 3, repeatedShare: 0.05, malformedShare: 0.01 })
}

/** Runs altered lines into a folder, and expects all of them to be read. */
export async function runAltered(
  workspace: Workspace,
  { files, linesInAll, malformed }: AlteredInput,
  { data, zone }: { readonly data: string; readonly zone: string },
): Promise<void> {
  const input = files.map((lines, index) => workspace.writeLines(`${index + 1}.ndjson`, lines))
  const args = ['run', '--input', ...input, '--zone', zone, '--data', data]
  const { stdout } = await twofoldOk(args, longRun)
  expect(stdout).toContain(`${grouped(linesInAll)} events read`)
  expect(stdout).toContain(`${grouped(malformed.length)} rejected`)
}
