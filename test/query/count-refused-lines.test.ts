import { describe, expect, it } from 'vitest'
import { countRefusedLines } from '../../lib/query/count-refused-lines.ts'
import { acceptanceDigest } from '../../lib/rollup/refused-lines.ts'
import { salesPipeline } from '../support/sales.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const hourMs = 3_600_000

describe('the lines that were left out', () => {
  it('are told by who refused them', async () => {
    const { refusedLines } = storesOn(memoryWorld(), () => 0)
    expect(await countRefusedLines(refusedLines, salesPipeline)).toEqual([])
    await refusedLines.note(0, acceptanceDigest(salesPipeline), 2)
    await refusedLines.note(hourMs, acceptanceDigest(salesPipeline), 3)
    await refusedLines.note(2 * hourMs, 'another definition', 7)
    expect(await countRefusedLines(refusedLines, salesPipeline)).toEqual([
      { refusedBy: 'this one', hours: 2, lines: 5 },
      { refusedBy: 'another', hours: 1, lines: 7 },
    ])
  })
})
