import type { Aggregation, Definition } from '../core/index.ts'
import { BadQuery } from './bad-query.ts'

/** The aggregation of that name, or the first where none is named. Throws BadQuery. */
export function chooseAggregation(
  { aggregations }: Pick<Definition, 'aggregations'>,
  name: string | undefined,
): Aggregation {
  const [first] = aggregations
  const found = name === undefined ? first : aggregations.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = aggregations.map((one) => one.name)
  throw new BadQuery(
    { code: 'no-such-aggregation', asked: String(name), names },
    `there is no aggregation named ${name}; there are ${names.join(', ')}`,
  )
}
