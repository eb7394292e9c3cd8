import { formatNumber } from './table.ts'

/** `1 row` and `1,200 rows`; `many` where more of them are not told by an `s`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(String(count))} ${count === 1 ? one : many}`
}
