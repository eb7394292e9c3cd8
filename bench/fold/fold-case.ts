import type { Compression } from '../purchase-file.ts'

/** One thing to compute of the file. */
export interface FoldCase {
  readonly name: string
  readonly grain: 'day' | 'minute'
  readonly eachIdOnce: boolean
  readonly compression: Compression
}

const day = { grain: 'day', eachIdOnce: false, compression: 'plain' } as const

export const foldCases: readonly FoldCase[] = [
  { ...day, name: 'day' },
  { ...day, name: 'minute', grain: 'minute' },
  { ...day, name: 'day-once', eachIdOnce: true },
  { ...day, name: 'day-gzip', compression: 'gzip' },
  { ...day, name: 'day-zstd', compression: 'zstd' },
]

/** A case on a file, rows to go to another. */
export interface FoldJob extends FoldCase {
  readonly inputFile: string
  readonly outputFile: string
  readonly threads: number
}
