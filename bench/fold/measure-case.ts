import { isDeepStrictEqual } from 'node:util'
import { onOneCore } from '../one-core.ts'
import type { PurchaseFile } from '../purchase-file.ts'
import { type ProcessCost, timeProcess } from '../timed-process.ts'
import type { Contender } from './contender.ts'
import type { FoldCase, FoldJob } from './fold-case.ts'
import { digestRows } from './row-digest.ts'

/** What is the same for all runs. */
export interface FoldSetting {
  readonly file: PurchaseFile
  readonly contenders: readonly Contender[]
  readonly runs: number
  readonly threads: number
  /** Whether all are kept on one core. */
  readonly pin: boolean
  /** Where rows are written. */
  readonly outputFile: string
  readonly onProgress: (text: string) => void
}

export interface ContenderRuns {
  readonly contender: Contender
  /** In the order of the runs, so that those of two contenders are pairs. */
  readonly costs: readonly ProcessCost[]
}

export interface MeasuredCase {
  readonly of: FoldCase
  readonly rows: number
  readonly all: readonly ContenderRuns[]
}

/** Somebody's rows are not those of the others, so his time does not count. */
export class RowsDiffer extends Error {
  override readonly name = 'RowsDiffer'
}

/**
 * Runs a case by all contenders in turn, so that what slows the machine down meets all of them. Throws
 * RowsDiffer, ProcessFailed.
 */
export async function measureCase(of: FoldCase, setting: FoldSetting): Promise<MeasuredCase> {
  const { file, contenders, runs, threads, outputFile, onProgress } = setting
  const job: FoldJob = {
    ...of,
    inputFile: await file.path(of.compression),
    outputFile,
    threads,
  }
  const run = (contender: Contender, what: string) => {
    onProgress(`${of.name}: ${contender.name}, ${what}`)
    const command = contender.command(job)
    return timeProcess(setting.pin ? onOneCore(command) : command)
  }
  const rows = await checkRows(job, setting, run)
  const all = contenders.map((contender) => ({ contender, costs: [] as ProcessCost[] }))
  for (let round = 1; round <= runs; round++) {
    for (const { contender, costs } of all) {
      costs.push(await run(contender, `run ${round} of ${runs}`))
    }
  }
  return { of, rows, all }
}

/** A first run of each, whose time does not count, for its rows. */
async function checkRows(
  { outputFile, name, eachIdOnce }: FoldJob,
  { contenders, file }: FoldSetting,
  run: (contender: Contender, what: string) => Promise<unknown>,
): Promise<number> {
  const expected = eachIdOnce ? file.totals.once : file.totals.all
  let first: { readonly name: string; readonly digest: string; readonly rows: number } | undefined
  for (const contender of contenders) {
    await run(contender, 'to compare its rows')
    const { totals, digest, rows } = await digestRows(outputFile)
    if (!isDeepStrictEqual({ ...totals }, { ...expected })) {
      const [told, wanted] = [totals, expected].map((one) => JSON.stringify(one))
      throw new RowsDiffer(`${name}: ${contender.name} comes to ${told}, not to ${wanted}`)
    }
    first ??= { name: contender.name, digest, rows }
    if (digest !== first.digest) {
      const counts = `${rows} and ${first.rows} rows`
      throw new RowsDiffer(`${name}: ${contender.name} differs from ${first.name}, ${counts}`)
    }
  }
  return first?.rows ?? 0
}
