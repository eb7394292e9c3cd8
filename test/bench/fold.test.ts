import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { duckDbByNode } from '../../bench/fold/contender.ts'
import { type FoldCase, foldCases } from '../../bench/fold/fold-case.ts'
import { digestRows } from '../../bench/fold/row-digest.ts'
import { purchaseFile } from '../../bench/purchase-file.ts'
import { spreadOf } from '../../bench/spread.ts'
import { timeProcess } from '../../bench/timed-process.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { runBench } from './run-bench.ts'

async function digestOf(name: string, ...lines: readonly string[]) {
  const file = join(temporaryFolder(), name)
  await writeFile(file, lines.map((line) => `${line}\n`).join(''))
  return digestRows(file)
}

const header =
  'aggregation,grain,period,from,to,productId,currency,purchases,quantity,revenue,minPrice,maxPrice'

const row = (...measures: readonly string[]) =>
  ['a,day,2024-11-05,2024-11-05T00:00:00.000Z,2024-11-06T00:00:00.000Z,p,EUR', ...measures].join()

describe('the digest of rows', () => {
  it('is the same for the same values, however they are written', async () => {
    const one = await digestOf('one.csv', header, row('10', '-20', '0.5', '2', '100'))
    const other = await digestOf(
      'other.csv',
      '"aggregation","grain","period","from","to","currency","productId","purchases","quantity","revenue","minPrice","maxPrice"',
      '"a","day","2024-11-05 00:00:00","2024-11-05 00:00:00","2024-11-06 00:00:00","EUR","p",10,-20,0.5000,2.0000,100.0000',
    )
    expect(other).toEqual(one)
    expect({ ...one.totals }).toEqual({
      purchases: 10,
      quantity: -20,
      revenueUnits: 5_000,
      minPriceUnits: 20_000,
      maxPriceUnits: 1_000_000,
    })
  })

  it('differs where a value or the order does', async () => {
    const [one, other] = [row('1', '2', '3', '4', '5'), row('1', '2', '3.0001', '4', '5')]
    const all = [[one], [other], [one, other], [other, one]]
    const digests = await Promise.all(
      all.map((rows, at) => digestOf(`${at}.csv`, header, ...rows).then(({ digest }) => digest)),
    )
    expect(new Set(digests).size).toBe(all.length)
  })

  it('asks for every column', async () => {
    const shorter = header.replace(',currency', '')
    await expect(digestOf('short.csv', shorter)).rejects.toThrow('no column currency')
  })
})

it('a spread is of minimum, median and maximum', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ least: 1, median: 2, most: 3 })
  expect(() => spreadOf([])).toThrow(RangeError)
})

it('DuckDB of Node comes to what the maker of the input tells, where there is no Python', async () => {
  const contender = await duckDbByNode()
  const [of] = foldCases.filter(({ name }) => name === 'day-once')
  const file = await purchaseFile({ events: 3_000, seed: 91, duplicates: 0.1 })
  onTestFinished(() => file.remove())
  expect(file.totals.once.purchases).toBeLessThan(2_800)
  const inputFile = await file.path('plain')
  const outputFile = join(temporaryFolder(), 'rows.csv')
  await timeProcess(contender.command({ ...(of as FoldCase), inputFile, outputFile, threads: 1 }))
  expect({ ...(await digestRows(outputFile)).totals }).toEqual({ ...file.totals.once })
})

it('the benchmark of fold finds the same rows in all, and tells the ratio to DuckDB', async () => {
  const names = ['minute', 'day-once', 'day-zstd']
  const options = ['--events', '3000', '--runs', '1', '--seed', '90']
  const stdout = await runBench('fold', ...options, '--case', ...names)
  for (const name of names) {
    expect(stdout).toMatch(new RegExp(`│ ${name} +│ \\d+ +│ twofold +│.*\\d`))
    expect(stdout).toMatch(new RegExp(`│ ${name} +│ \\d+ +│ DuckDB [^│]+│.* 1\\.00 `))
  }
  expect(stdout).toMatch(/│ minute │ Flink .*\d/)
})
