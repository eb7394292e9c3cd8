import { afterAll, describe, expect, it } from 'vitest'
import { gunzipLines, onlineRetailFile, sharedDataMissing } from '../data/shared-data.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { allGrains, asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { describeMalformed, describeRejected, rejectedRecords } from './rejected-records.ts'
import { altered, longTest, runAltered } from './run-altered.ts'
import { Workspace } from './workspace.ts'

const zone = 'Europe/London'

/** How many of the lines; all of them where there is time. */
const count = process.env.WHOLE_INPUT === '1' ? Number.POSITIVE_INFINITY : 3_000

const title = sharedDataMissing
  ? 'the real file, altered (skipped: ../shared/data is not there)'
  : 'the real file, altered'

describe.skipIf(sharedDataMissing)(title, () => {
  const workspace = new Workspace()
  afterAll(() => workspace.remove())

  it('comes out of an empty folder right', { timeout: longTest }, async () => {
    const data = workspace.path('fresh')
    const lines = gunzipLines(onlineRetailFile).slice(0, count)
    const input = altered(lines)
    await runAltered(workspace, input, { data, zone })

    const { purchases } = readPurchases(lines, Date.now())
    for (const grain of allGrains) {
      const expected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(await exportRows(data, grain), expected), grain).toEqual(noDifferences)
    }

    const rejected = await rejectedRecords(data)
    expect(describeRejected(rejected)).toEqual(describeMalformed(input.malformed))
    for (const { shard, sequenceNumber, reason, message } of rejected) {
      expect(sequenceNumber).toMatch(/^\d+$/)
      for (const text of [shard, reason, message]) expect(text).not.toBe('')
    }
  })
})
