import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { twofold } from '../fold/contender.ts'
import type { FoldCase } from '../fold/fold-case.ts'
import { benchFolder, purchaseFile } from '../purchase-file.ts'
import { type ProcessCost, timeProcess } from '../timed-process.ts'

export interface SizesOptions {
  readonly sizes: readonly number[]
  readonly runs: number
  readonly seed: number
  readonly duplicates: number
  readonly keep: boolean
  readonly onProgress: (text: string) => void
}

export interface MeasuredSize {
  readonly events: number
  readonly of: FoldCase
  readonly costs: readonly ProcessCost[]
}

const day = { grain: 'day', compression: 'plain' } as const
const cases: readonly FoldCase[] = [
  { ...day, name: 'day', eachIdOnce: false },
  { ...day, name: 'day-once', eachIdOnce: true },
]

/** Day totals of files of several sizes, by the command. Throws ProcessFailed. */
export async function measureSizes(options: SizesOptions): Promise<MeasuredSize[]> {
  const measured: MeasuredSize[] = []
  for (const events of options.sizes) measured.push(...(await measureSize(events, options)))
  return measured
}

async function measureSize(
  events: number,
  { runs, seed, duplicates, keep, onProgress }: SizesOptions,
): Promise<MeasuredSize[]> {
  onProgress(`making ${events} events`)
  const file = await purchaseFile({ events, seed, duplicates })
  const outputFile = join(benchFolder, `rows-${process.pid}.csv`)
  const measured = cases.map((of) => ({ events, of, costs: [] as ProcessCost[] }))
  try {
    const inputFile = await file.path('plain')
    for (let run = 1; run <= runs; run++) {
      for (const { of, costs } of measured) {
        onProgress(`${of.name} of ${events} events, run ${run} of ${runs}`)
        costs.push(await timeProcess(twofold.command({ ...of, inputFile, outputFile, threads: 1 })))
      }
    }
  } finally {
    await rm(outputFile, { force: true })
    if (!keep) await file.remove()
  }
  return measured
}
