import { describe, expect, it } from 'vitest'
import { Reject } from '../../lib/core/index.ts'
import { arrivedFrom, countRejects } from '../../lib/query/count-rejects.ts'
import { listRejects } from '../../lib/query/list-rejects.ts'
import type { Rejects } from '../../lib/records/rejects.ts'
import { at } from '../support/steps.ts'
import { memoryWorld, storesOn } from '../support/world.ts'

const arrivedMs = at('16T10:30:00')

/** Two records of one batch, of which the second is delivered again in a cut of its own. */
async function keptRejects() {
  const world = memoryWorld()
  const { rejects } = storesOn(world, () => arrivedMs)
  const record = (sequenceNumber: string, arrived = arrivedMs) => ({
    sequenceNumber,
    subSequenceNumber: 0,
    arrivedMs: arrived,
    reject: new Reject('missing', 'price', 'price is missing'),
    data: Buffer.from(sequenceNumber),
  })
  const cut = (first: string, last: string) => ({
    lane: 'shard-1',
    firstSequenceNumber: first,
    lastSequenceNumber: last,
  })
  await rejects.append(cut('1', '2'), [record('1'), record('2')])
  await rejects.append(cut('2', '2'), [record('2')])
  await rejects.append(cut('3', '3'), [record('3', at('16T14:00:00'))])
  return { world, rejects }
}

async function listed(rejects: Rejects, fromMs: number, toMs: number) {
  const problems: string[] = []
  const onProblem = ({ message }: Error) => problems.push(message)
  const lines = await Array.fromAsync(listRejects(rejects, { fromMs, toMs }, onProblem))
  return { found: lines.map(({ sequenceNumber }) => sequenceNumber), problems }
}

describe('rejected records', () => {
  it('are listed once each, by the hours of arrival that are asked for', async () => {
    const { rejects } = await keptRejects()
    const all = await Array.fromAsync(listRejects(rejects, undefined, () => undefined))
    expect(all.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['1', '2', '3'])
    const until = await listed(rejects, at('16T10:59:00'), at('16T14:00:00'))
    expect(until).toEqual({ found: ['1', '2'], problems: [] })
    const from = await listed(rejects, at('16T11:00:00'), at('16T14:00:01'))
    expect(from).toEqual({ found: ['3'], problems: [] })
  })

  it('are listed though an object beside them is damaged, which is told', async () => {
    const { world, rejects } = await keptRejects()
    await world.objects.put('rejected/2026-11-16/10/stray', Buffer.from('x'))
    const { found, problems } = await listed(rejects, 0, Number.POSITIVE_INFINITY)
    expect(found).toEqual(['1', '2', '3'])
    expect(problems).toEqual([expect.stringContaining('is not named as rejects are')])
  })

  it('are counted once each, and only those of this sending where it is asked for', async () => {
    const { rejects } = await keptRejects()
    const arrived = { fromMs: arrivedMs, toMs: arrivedMs }
    const count = { field: 'price', reason: 'missing', message: 'price is missing' }
    expect(await countRejects(rejects, arrived)).toEqual([{ ...count, records: 2 }])
    const isOurs = arrivedFrom(new Map([['shard-1', '2']]))
    expect(await countRejects(rejects, arrived, isOurs)).toEqual([{ ...count, records: 1 }])
    expect(await countRejects(rejects, arrived, arrivedFrom(new Map()))).toEqual([])
  })
})
