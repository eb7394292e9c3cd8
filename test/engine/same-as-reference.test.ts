import fc from 'fast-check'
import { describe, it } from 'vitest'
import {
  batchInputs,
  historyInputs,
  plannedBatches,
  plannedChunks,
  withDefinitions,
} from './batch-arbitrary.ts'
import { batchDecoders, historyFolds, windowFolds } from './implementations.ts'
import { sameBatches } from './same-batches.ts'
import { sameHistories } from './same-histories.ts'
import { sameWindows } from './same-windows.ts'
import { plannedWindows, windowInputs } from './window-arbitrary.ts'

describe('the engine', () => {
  it('makes of batches what the reference does, whatever definitions and lines come in turn', () => {
    const batches = withDefinitions((plan) =>
      fc.array(plannedBatches(plan), { minLength: 1, maxLength: 3 }),
    )
    fc.assert(
      fc.property(batches, (planned) => sameBatches(batchDecoders, batchInputs(planned))),
      { numRuns: 200 },
    )
  })

  it('makes of history what the reference does, chunk by chunk and hour beside hour', () => {
    fc.assert(
      fc.property(withDefinitions(plannedChunks), (planned) =>
        sameHistories(historyFolds, historyInputs(planned)),
      ),
      { numRuns: 200 },
    )
  })

  it('makes of texts what the reference does, in windows of every grain, room by room', () => {
    fc.assert(
      fc.property(withDefinitions(plannedWindows), (planned) =>
        sameWindows(windowFolds, windowInputs(planned)),
      ),
      { numRuns: 200 },
    )
  })
})
