import { expect, test } from 'vitest'
import { noFigures } from '../../lib/contract/figures.ts'
import { rollUpAll } from '../../local/roll-up-all.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const run = {
  ...noFigures(),
  foldedHours: 2,
  mergedPeriods: 3,
  rollupRowsWritten: 5,
  duplicatesDropped: 7,
  refusedLines: 11,
  backlogUnits: 0,
}

function pipelineOf(answers: unknown[]) {
  const stores = storesOn(memoryWorld(), () => 0)
  return { stores, rollUp: async () => answers.shift() }
}

test('the figures of all runs are added, lines that were refused among them', async () => {
  const total = await rollUpAll(pipelineOf([{ ...run, backlogUnits: 4 }, run]), () => undefined)
  expect(total).toEqual({
    ...noFigures(),
    foldedHours: 4,
    mergedPeriods: 6,
    rollupRowsWritten: 10,
    duplicatesDropped: 14,
    refusedLines: 22,
  })
})

test('a function that does not tell how many lines it refused is none of ours', async () => {
  const { refusedLines: _, ...rest } = run
  await expect(rollUpAll(pipelineOf([rest]), () => undefined)).rejects.toThrow(
    'The rollup function returned',
  )
})
