import fc from 'fast-check'
import {
  batchInputs,
  historyInputs,
  plannedBatches,
  plannedChunks,
  withDefinitions,
} from '../../engine/batch-arbitrary.ts'
import { batchDecoders, historyFolds, windowFolds } from '../../engine/implementations.ts'
import { sameBatches } from '../../engine/same-batches.ts'
import { sameHistories } from '../../engine/same-histories.ts'
import { sameWindows } from '../../engine/same-windows.ts'
import { plannedWindows, windowInputs } from '../../engine/window-arbitrary.ts'
import type { FuzzTarget } from '../target.ts'

const batches = withDefinitions((plan) =>
  fc.array(plannedBatches(plan), { minLength: 1, maxLength: 3 }),
)
const chunks = withDefinitions(plannedChunks)
const windows = withDefinitions(plannedWindows)

function made<Value>(arbitrary: fc.Arbitrary<Value>, seed: number): Value {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 })
  if (value === undefined) throw new RangeError('nothing was made')
  return value
}

/** The engine and the reference by definitions made at random: the first four bytes are the seed. */
export const engineDefinitionsTarget: FuzzTarget = {
  name: 'engine-definitions',
  seeds: [0, 1, 2, 3].map((seed) => Uint8Array.of(seed, seed, seed, seed)),
  dictionary: [],
  maxBytes: 4,
  check(input) {
    const seed = Buffer.concat([input, Buffer.alloc(4)]).readInt32LE()
    sameBatches(batchDecoders, batchInputs(made(batches, seed)))
    sameHistories(historyFolds, historyInputs(made(chunks, seed)))
    sameWindows(windowFolds, windowInputs(made(windows, seed)))
  },
}
