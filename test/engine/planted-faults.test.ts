import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginHistoryFold, decodeBatch } from '../../lib/core/index.ts'
import {
  batchInputs,
  historyInputs,
  plannedBatches,
  plannedChunks,
  withDefinitions,
} from './batch-arbitrary.ts'
import type { BeginHistoryFold, DecodeBatch } from './implementations.ts'
import { misreadings } from './misreadings.ts'
import { carelessDecoders, misreading, misreadingHistory, wrongAnswers } from './planted-faults.ts'
import { sameBatches } from './same-batches.ts'
import { sameHistories } from './same-histories.ts'

const batches = withDefinitions((plan) =>
  fc.array(plannedBatches(plan), { minLength: 1, maxLength: 3 }),
)

/** Found by chance, but always by the same. */
const tries = { seed: 1, numRuns: 3_000, endOnFailure: true }

function isFoundInBatches(engine: DecodeBatch): boolean {
  const property = fc.property(batches, (planned) =>
    sameBatches({ reference: decodeBatch, engine }, batchInputs(planned)),
  )
  return fc.check(property, tries).failed
}

function isFoundInHistory(engine: BeginHistoryFold): boolean {
  const property = fc.property(withDefinitions(plannedChunks), (planned) =>
    sameHistories({ reference: beginHistoryFold, engine }, historyInputs(planned)),
  )
  return fc.check(property, tries).failed
}

describe('the comparison finds a decoder that', () => {
  it.each(Object.entries({ ...wrongAnswers, ...carelessDecoders() }))(
    'tells %s',
    (_what, engine) => {
      expect(isFoundInBatches(engine)).toBe(true)
    },
  )

  it.each(Object.entries(misreadings))('reads so that %s', (_what, misread) => {
    expect(isFoundInBatches(misreading(misread))).toBe(true)
  })
})

describe('the comparison of history finds a fold that', () => {
  it.each(Object.entries(misreadings).slice(0, 3))('reads so that %s', (_what, misread) => {
    expect(isFoundInHistory(misreadingHistory(misread))).toBe(true)
  })
})
