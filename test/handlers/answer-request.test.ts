import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../lib/contract/metrics.ts'
import type { LogFields } from '../../lib/log/log.ts'
import { parseRequest } from '../../lib/rollup/request.ts'
import { UnitsFailed } from '../../lib/rollup/work-off.ts'
import { takingOnly } from '../redrive/redrives.ts'
import { answerRequest } from '../support/answer-request.ts'
import { without } from '../support/broken-worlds.ts'
import { lostBefore } from '../support/faulty-stores.ts'
import { at, deliver, sale } from '../support/steps.ts'
import { contextAt, memoryWorld, storesOn } from '../support/world.ts'

const noon = at('16T12:00:00')

describe('lines that the definition refuses', () => {
  it.each([
    ['a unit of a backfill', { unit: { kind: 'hour', hour: '2026-11-16T10' } }, 'unit done'],
    ['a scheduled run', {}, 'rolled up'],
  ])('are told of by %s, in its log and as a metric', async (_what, request, message) => {
    const world = memoryWorld()
    const lines = ['a', 'b', 'c'].map((product) => sale(product, '16T10:05:00', product))
    await deliver(world, 1, 1, lines, at('16T10:30:00'))
    const logged: { message: string; fields: LogFields; metrics: Metrics | undefined }[] = []
    const answer = await answerRequest(
      parseRequest(request),
      contextAt(world, noon, { definition: takingOnly(/^a$/) }),
      world.objects,
      (_level, text, fields, metrics) => logged.push({ message: text, fields, metrics }),
    )
    expect(answer).toMatchObject({ foldedHours: 1, refusedLines: 2 })
    expect(logged).toMatchObject([
      { message, fields: { refusedLines: 2 }, metrics: { FoldedHours: 1, RefusedLines: 2 } },
    ])
  })
})

describe('a run that fails and cannot give its lease back', () => {
  it('tells of what failed first, and logs the other', async () => {
    const world = memoryWorld()
    await deliver(world, 1, 1, [sale('1', '16T10:05:00', 'a')], at('16T10:30:00'))
    const stores = storesOn(without(world, 'rollups'), () => noon)
    const release = () => Promise.reject(lostBefore())
    const context = contextAt(world, noon, {
      stores: { ...stores, lease: { ...stores.lease, release } },
    })
    const logged: [string, string, LogFields][] = []
    const answered = answerRequest(
      parseRequest({}),
      context,
      world.objects,
      (level, message, fields) => logged.push([level, message, fields]),
    )
    await expect(answered).rejects.toThrow(UnitsFailed)
    const error = expect.stringContaining('it was never made')
    const units = logged.filter(([, message]) => message === 'unit not rolled up')
    expect(units.map(([, , fields]) => fields?.kind)).toEqual(
      expect.arrayContaining(['day', 'week', 'month']),
    )
    expect(logged.slice(units.length)).toEqual([['error', 'lease not released', { error }]])
  })
})
