import { describe, expect, it } from 'vitest'
import type { Metrics } from '../../lib/contract/metrics.ts'
import type { LogFields } from '../../lib/log/log.ts'
import { parseRequest } from '../../lib/rollup/request.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { VerifyFigures } from '../../lib/verify/verify-last-hours.ts'
import { answerRequest } from '../support/answer-request.ts'
import { lostBefore } from '../support/faulty-stores.ts'
import { at, deliver, run, sale } from '../support/steps.ts'
import {
  type ChangedOptions,
  contextAt,
  memoryWorld,
  storesOn,
  type World,
  worldThrough,
} from '../support/world.ts'
import { objectKeys } from '../support/world-rows.ts'

const nowMs = at('17T00:10:00')

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
  readonly metrics: Metrics | undefined
}

async function verify(
  world: World,
  hours: number,
  changed: ChangedOptions = {},
  lines: Line[] = [],
) {
  const context = contextAt(world, nowMs, changed)
  const request = parseRequest({ verify: { hours } })
  const answer = await answerRequest(
    request,
    context,
    world.objects,
    (level, message, fields, metrics) => lines.push({ level, message, fields, metrics }),
  )
  return { answer, lines }
}

/** A world of two hours that were folded, in the later of which an event was sent twice. */
async function folded() {
  const world = memoryWorld()
  const lines = [
    sale('1', '16T22:30:00', 'secret-a'),
    sale('2', '16T23:30:00', 'secret-b'),
    sale('2', '16T23:30:00', 'secret-b'),
  ]
  await deliver(world, 1, 1, lines, at('16T23:31:00'))
  await run(world, nowMs)
  return world
}

async function deleteRows(world: World, hour: string) {
  for (const { pk, sk } of await Array.fromAsync(world.minutes.scan())) {
    const [pkText = '', skText = ''] = [pk?.S, sk?.S]
    if (!pkText.includes(hour)) continue
    await world.minutes.writeAll([{ delete: { pk: pkText, sk: skText } }])
  }
}

describe('a request to verify', () => {
  it('finds the last hours right, says so as a metric of 0, and writes nothing', async () => {
    const world = await folded()
    let writes = 0
    const watched = worldThrough(world, () => async (request) => {
      const answer = await request()
      if (typeof answer === 'number' || typeof answer === 'boolean') writes++
      return answer
    })
    // Another run may have the lease.
    await storesOn(world, () => nowMs).lease.take('another', nowMs, nowMs + 1_000_000)
    const { answer, lines } = await verify(watched, 48)
    const figures = {
      hours: 48,
      rows: 4,
      correctedRows: 2,
      explainedDifferences: 0,
      unexplainedDifferences: 0,
      unverifiableHours: 0,
      hoursLeft: 0,
    }
    expect(answer).toEqual(figures)
    const metrics = { VerifyDifferences: 0, VerifyHoursLeft: 0 }
    expect(lines).toEqual([{ level: 'info', message: 'verified', fields: figures, metrics }])
    expect(writes).toBe(0)
  })

  it('counts rows that differ, and logs their hours and no key', async () => {
    const world = await folded()
    await deleteRows(world, '16T22')
    // What is explained is no fault.
    await deliver(
      world,
      1,
      3,
      [sale('3', '16T23:31:00', 'c'), sale('3', '16T23:31:00', 'c')],
      nowMs,
    )
    const { answer, lines } = await verify(world, 3)
    expect(answer).toMatchObject({ unexplainedDifferences: 2, explainedDifferences: 2 })
    const wrong = ['by-product', 'by-price'].map((aggregation) => ({
      level: 'error',
      message: 'minute rows and history differ',
      fields: { hour: '2026-11-16T22', aggregation, rows: 1 },
      metrics: undefined,
    }))
    expect(lines.slice(0, -1)).toEqual(wrong)
    expect(lines.at(-1)?.metrics).toEqual({ VerifyDifferences: 2, VerifyHoursLeft: 0 })
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  it('looks no further back than it is asked to', async () => {
    const world = await folded()
    await deleteRows(world, '16T22')
    expect((await verify(world, 1)).answer).toMatchObject({ hours: 1, unexplainedDifferences: 0 })
    expect((await verify(world, 2)).answer).toMatchObject({ hours: 2, unexplainedDifferences: 2 })
  })

  it('stops in time with the newest hours done, and says how many are left', async () => {
    const world = await folded()
    await deleteRows(world, '16T22')
    let clock = nowMs
    const slow = worldThrough(world, (store) => (request) => {
      if (store === 'objects') clock += 3_400
      return request()
    })
    const timed = { nowMs: () => clock, deadlineMs: nowMs + 120_000 }
    // The hour that is wrong is the second of them.
    const { answer, lines } = await verify(slow, 10, timed)
    const { hours, hoursLeft } = answer as VerifyFigures
    expect(hours).toBeGreaterThan(1)
    expect(hoursLeft).toBeGreaterThan(0)
    expect(answer).toMatchObject({ hoursLeft: 10 - hours, unexplainedDifferences: 2 })
    expect(lines.at(-1)?.fields).toMatchObject({ hoursLeft })
    expect(lines.at(-1)?.metrics).toEqual({ VerifyDifferences: 2, VerifyHoursLeft: hoursLeft })
  })

  it('never says that nothing differs while hours are left', async () => {
    const world = await folded()
    const nothing = await verify(world, 5, { deadlineMs: nowMs + 29_999 })
    expect(nothing.answer).toMatchObject({ hours: 0, hoursLeft: 5 })
    expect(nothing.lines.at(-1)?.metrics).toEqual({ VerifyHoursLeft: 5 })
    let clock = nowMs
    const slow = worldThrough(world, (store) => (request) => {
      if (store === 'objects') clock += 6_000
      return request()
    })
    const some = await verify(slow, 10, { nowMs: () => clock, deadlineMs: nowMs + 120_000 })
    const { hours, hoursLeft } = some.answer as VerifyFigures
    expect(hours).toBeGreaterThan(0)
    expect(hoursLeft).toBeGreaterThan(0)
    expect(some.answer).toMatchObject({ unexplainedDifferences: 0 })
    expect(some.lines.at(-1)?.metrics).toEqual({ VerifyHoursLeft: hoursLeft })
  })

  it('gives up an hour that takes too long to read, and tells it as left', async () => {
    const world = await folded()
    let clock = nowMs
    let asked = 0
    const slow = worldThrough(world, (store) => (request) => {
      // The hours are listed, and the first object of each is read.
      if (store === 'objects' && ++asked > 2) clock += 300_000
      return request()
    })
    const timed = { nowMs: () => clock, deadlineMs: nowMs + 600_000 }
    const { answer, lines } = await verify(slow, 2, timed)
    expect(answer).toMatchObject({ hours: 0, hoursLeft: 2 })
    expect(lines.map(({ metrics }) => metrics)).toEqual([{ VerifyHoursLeft: 2 }])
  })

  it('says what it found before an hour that can not be read', async () => {
    const world = await folded()
    await deleteRows(world, '16T23')
    const broken = worldThrough(world, (store) => {
      return async (request) => {
        const answer = await request()
        if (store === 'minutes' && asked++ > 200) throw lostBefore()
        return answer
      }
    })
    let asked = 0
    const lines: Line[] = []
    await expect(verify(broken, 100, {}, lines)).rejects.toThrow(StorageTrouble)
    expect(lines.at(-1)).toMatchObject({ message: 'verified', metrics: { VerifyDifferences: 2 } })
    expect(lines.at(-1)?.metrics?.VerifyHoursLeft).toBeGreaterThan(0)
  })

  it('goes on where a row or an object can not be read, counts its hour and logs no key', async () => {
    const world = await folded()
    const [row] = (await Array.fromAsync(world.minutes.scan())).filter(({ pk }) =>
      pk?.S?.startsWith('by-product#2026-11-16T22'),
    )
    await world.minutes.put({ ...row, revenue: { S: 'garbage' } })
    await world.objects.put('history/2026-11-16/21/stray.txt', Buffer.from('hello'))
    const [cut = ''] = await objectKeys(world, 'history/2026-11-16/23/')
    await world.objects.put(cut.replace('/23/', '/20/'), Buffer.from('no zstd'))
    const { answer, lines } = await verify(world, 5)
    expect(answer).toMatchObject({
      hours: 2,
      rows: 2,
      unexplainedDifferences: 0,
      unverifiableHours: 3,
      hoursLeft: 0,
    })
    const told = lines.filter(({ message }) => message === 'hour not verifiable')
    const byHour = Object.fromEntries(told.map(({ fields }) => [fields.hour, fields.error]))
    expect(byHour).toEqual({
      '2026-11-16T22': 'a minute row cannot be read',
      '2026-11-16T21': expect.stringContaining('21/stray.txt is not named by'),
      '2026-11-16T20': expect.stringContaining(`Reading ${cut.replace('/23/', '/20/')} failed`),
    })
    expect(lines.at(-1)?.metrics).toEqual({ VerifyDifferences: 3, VerifyHoursLeft: 0 })
    expect(JSON.stringify(lines)).not.toMatch(/secret|garbage/)
  })

  it('goes on where an object is no batch that was given up, and names it once', async () => {
    const world = await folded()
    await deleteRows(world, '16T22')
    await deleteRows(world, '16T23')
    await world.objects.put('aws/lambda/stray', Buffer.from('secret'))
    const { answer, lines } = await verify(world, 3)
    expect(answer).toMatchObject({ hours: 3, hoursLeft: 0, unexplainedDifferences: 4 })
    expect(lines.filter(({ fields }) => fields.object !== undefined)).toEqual([
      {
        level: 'error',
        message: 'no batch that was given up',
        fields: {
          object: 'aws/lambda/stray',
          error: 'aws/lambda/stray is not the JSON of a batch that was given up',
        },
        metrics: undefined,
      },
    ])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })

  it.each([0, -1, 1.5, '48', null])('is refused with %j hours', (hours) => {
    expect(() => parseRequest({ verify: { hours } })).toThrow('a whole number of hours')
  })
})
