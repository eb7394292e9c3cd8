import fc from 'fast-check'
import { SeededRandom } from '../data/seeded-random.ts'

/**
 * How something is written: 0 for the plainest way, which is what a failing test shrinks to, or the
 * seed of another.
 */
export const styles = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 ** 31 }) },
)

/** The choices of a style; undefined for the plainest. */
export function choicesOf(style: number): SeededRandom | undefined {
  return style === 0 ? undefined : new SeededRandom(style)
}
