/**
 * Seconds for 2,000,000 purchases over one day, 1,000 products and five currencies, one core each, on
 * one quiet machine with two of them, on 28 November 2026. Who took how much of what DuckDB took is
 * what can be carried over to another machine.
 */
export const publishedOn = '28 November 2026'

interface PublishedSeconds {
  readonly duckDb: number
  readonly others: readonly { readonly name: string; readonly seconds: number }[]
}

const spark = 'Spark 4.3.0, local[1], warm'
const flink = 'Flink 2.3.0, parallelism 1, warm'

/** By the name of a case. */
export const publishedSeconds: Readonly<Record<string, PublishedSeconds>> = {
  day: {
    duckDb: 0.42,
    others: [
      { name: spark, seconds: 3.5 },
      { name: flink, seconds: 4.7 },
    ],
  },
  minute: {
    duckDb: 0.53,
    others: [
      { name: spark, seconds: 5.2 },
      { name: flink, seconds: 7.2 },
    ],
  },
}
