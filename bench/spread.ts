/** What several runs of the same came to: no run is like the next on a machine that does more. */
export interface Spread {
  readonly least: number
  readonly median: number
  readonly most: number
}

/** Throws RangeError where there are none. Of an even number the upper of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  if (least === undefined || median === undefined || most === undefined) {
    throw new RangeError('There are no values')
  }
  return { least, median, most }
}

/** Three cells of a table: minimum, median, maximum. */
export const spreadCells = (
  { least, median, most }: Spread,
  cell: (value: number) => string,
): string[] => [least, median, most].map(cell)
