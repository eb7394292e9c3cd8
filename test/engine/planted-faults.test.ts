import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginHistoryFold, beginWindowFold, decodeBatch, Lines } from '../../lib/core/index.ts'
import {
  batchInputs,
  historyInputs,
  plannedBatches,
  plannedChunks,
  withDefinitions,
} from './batch-arbitrary.ts'
import type { BeginHistoryFold, BeginWindowFold, DecodeBatch } from './implementations.ts'
import { misreadings } from './misreadings.ts'
import {
  carelessDecoders,
  misreading,
  misreadingHistory,
  withAdd,
  wrongAnswers,
} from './planted-faults.ts'
import { windowFaults } from './planted-window-faults.ts'
import { sameBatches } from './same-batches.ts'
import { sameHistories } from './same-histories.ts'
import { Difference } from './same-text.ts'
import { sameWindows } from './same-windows.ts'
import { plannedWindows, windowInputs } from './window-arbitrary.ts'

const batches = withDefinitions((plan) =>
  fc.array(plannedBatches(plan), { minLength: 1, maxLength: 3 }),
)

/** Found by chance, but always by the same. */
const tries = { seed: 1, numRuns: 3_000, endOnFailure: true }

/** Any other error would be one of these tests themselves. */
function isDifference(error: unknown): boolean {
  if (error === null || error === undefined) return false
  if (error instanceof Difference) return true
  throw error
}

function isFoundInBatches(engine: DecodeBatch): boolean {
  const property = fc.property(batches, (planned) =>
    sameBatches({ reference: decodeBatch, engine }, batchInputs(planned)),
  )
  return isDifference(fc.check(property, tries).errorInstance)
}

function isFoundInHistory(engine: BeginHistoryFold): boolean {
  const property = fc.property(withDefinitions(plannedChunks), (planned) =>
    sameHistories({ reference: beginHistoryFold, engine }, historyInputs(planned)),
  )
  return isDifference(fc.check(property, tries).errorInstance)
}

function isFoundInWindows(engine: BeginWindowFold): boolean {
  const property = fc.property(withDefinitions(plannedWindows), (planned) =>
    sameWindows({ reference: beginWindowFold, engine }, windowInputs(planned)),
  )
  return isDifference(fc.check(property, tries).errorInstance)
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

const historyFaults: Readonly<Record<string, BeginHistoryFold>> = {
  'nothing that may be missing': (definition) => {
    const fold = beginHistoryFold(definition)
    return withAdd(fold, (lines) => fold.add(lines, false))
  },
  'all as if it may be missing': (definition) => {
    const fold = beginHistoryFold(definition)
    return withAdd(fold, (lines) => fold.add(lines, true))
  },
  'the last line of each chunk not at all': (definition) => {
    const fold = beginHistoryFold(definition)
    return withAdd(fold, ({ bytes, starts, ends }, mayBeMissing) =>
      fold.add(new Lines(bytes, starts.slice(0, -1), ends.slice(0, -1)), mayBeMissing),
    )
  },
}

describe('the comparison of history finds a fold that', () => {
  it.each(Object.entries(historyFaults))('tells %s', (_what, engine) => {
    expect(isFoundInHistory(engine)).toBe(true)
  })
})

describe('the comparison of windows finds a fold that', () => {
  it.each(Object.entries(windowFaults))('tells %s', (_what, engine) => {
    expect(isFoundInWindows(engine)).toBe(true)
  })
})
