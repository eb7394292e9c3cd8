import { afterEach, describe, expect, it } from 'vitest'
import { createDynamoDbTable } from '../../../lib/store/dynamodb/dynamodb-table.ts'
import { StorageTrouble } from '../../../lib/store/storage-trouble.ts'
import type { Item, SendingWatch, Table, Write } from '../../../lib/store/table.ts'
import { watching } from '../../conformance/watching.ts'
import {
  done,
  refusal,
  type Script,
  type ScriptedDynamoDb,
  startScriptedDynamoDb,
} from './scripted-dynamodb.ts'

const open: ScriptedDynamoDb[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

/** A table on a server that answers by the script, and how long it would have slept, in ms. */
async function scriptedTable(script: Script) {
  const server = await startScriptedDynamoDb(script)
  open.push(server)
  const sleeps: number[] = []
  const table = createDynamoDbTable({
    client: server.client,
    tableName: 'minutes',
    sleep: async (ms) => {
      sleeps.push(ms)
    },
    random: () => 0.5,
  })
  return { table, sleeps }
}

const itemOf = (sk: string): Item => ({ pk: { S: 'p' }, sk: { S: sk } })

function putsOf(count: number): Write[] {
  return Array.from({ length: count }, (_, at) => ({ put: itemOf(String(at)) }))
}

type Batch = { readonly RequestItems: { readonly minutes: readonly Record<string, unknown>[] } }

describe('a table of DynamoDB', () => {
  it('sends what was left unprocessed again, with growing waits, until nothing is', async () => {
    const batches: number[] = []
    const { table, sleeps } = await scriptedTable((_operation, body) => {
      const { minutes } = (body as unknown as Batch).RequestItems
      batches.push(minutes.length)
      const left = minutes.slice(0, Math.floor(minutes.length / 2))
      const UnprocessedItems = left.length > 0 ? { minutes: left } : {}
      return { status: 200, body: { UnprocessedItems } }
    })
    expect(await table.writeAll(putsOf(20))).toBe(20)
    expect(batches).toEqual([20, 10, 5, 2, 1])
    expect(sleeps).toEqual([25, 50, 100, 200])
  })

  it('gives up on items that are never processed, with waits that grow no more', async () => {
    const { table, sleeps } = await scriptedTable((_operation, body) => ({
      status: 200,
      body: { UnprocessedItems: (body as unknown as Batch).RequestItems },
    }))
    const writing = table.writeAll(putsOf(3))
    await expect(writing).rejects.toThrow(
      'Writing a batch to minutes failed: 3 items were still unprocessed',
    )
    expect(sleeps.slice(0, 4)).toEqual([25, 50, 100, 200])
    expect(Math.max(...sleeps)).toBe(2_500)
  })

  it('throws no sooner than its last batch is answered, and begins no other', async () => {
    let under = 0
    let begun = 0
    const held: (() => void)[] = []
    const { table } = await scriptedTable(async (operation) => {
      if (operation === 'GetItem') return done
      begun++
      if (begun === 1) return refusal('ValidationException')
      under++
      await new Promise<void>((resolve) => held.push(resolve))
      under--
      return done
    })
    const writing = table.writeAll(putsOf(25 * 30))
    let settled = false
    const outcome = writing.catch((error: unknown) => {
      settled = true
      return error
    })
    await expect.poll(() => held.length).toBe(7)
    // Each of these is answered later than the refusal was.
    for (let round = 0; round < 5; round++) await table.get({ pk: 'p', sk: 'a' })
    expect(settled).toBe(false)
    for (const release of held) release()
    expect(await outcome).toBeInstanceOf(StorageTrouble)
    expect([under, begun]).toEqual([0, 8])
  })

  it('waits for its batches too where the source of the writes fails', async () => {
    const held: (() => void)[] = []
    const { table } = await scriptedTable(async () => {
      await new Promise<void>((resolve) => held.push(resolve))
      return done
    })
    const broken = function* (): Generator<Write> {
      yield* putsOf(30)
      throw new Error('the part is gone')
    }
    let settled = false
    const outcome = table.writeAll(broken()).catch((error: unknown) => {
      settled = true
      return error
    })
    await expect.poll(() => held.length).toBe(1)
    expect(settled).toBe(false)
    held[0]?.()
    expect(await outcome).toMatchObject({ message: 'the part is gone' })
  })

  it('checks before each attempt at what was left unprocessed, and sends no more', async () => {
    let sent = 0
    const { table } = await scriptedTable((_operation, body) => {
      sent++
      return { status: 200, body: { UnprocessedItems: (body as unknown as Batch).RequestItems } }
    })
    const late = new Error('too late')
    const watch = watching(() => {
      if (sent === 3) throw late
    })
    await expect(table.writeAll(putsOf(3), watch)).rejects.toBe(late)
    expect(sent).toBe(3)
  })

  describe.each<[string, (table: Table, watch: SendingWatch) => Promise<unknown>]>([
    ['a batch', (table, watch) => table.writeAll(putsOf(3), watch)],
    ['a put', (table, watch) => table.put(itemOf('a'), undefined, watch)],
    ['a conditional put', (table, watch) => table.put(itemOf('a'), [{ absent: true }], watch)],
  ])('the watch of %s', (_what, write) => {
    it('is asked before each attempt of the SDK, and may end them', async () => {
      let sent = 0
      const { table } = await scriptedTable(() => {
        sent++
        return { status: 500, body: {} }
      })
      const late = new Error('too late')
      const watch = watching(() => {
        if (sent === 2) throw late
      })
      await expect(write(table, watch)).rejects.toBe(late)
      expect(sent).toBe(2)
    })

    it.each<[string, Script, number]>([
      ['got no answer', () => 'reset', 1],
      ['was answered with a failure of the server', () => ({ status: 500, body: {} }), 1],
      ['was throttled', () => refusal('ThrottlingException'), 0],
    ])(
      'hears of a doubt where a sending %s and the next one went well',
      async (_, first, doubts) => {
        let sent = 0
        const { table } = await scriptedTable((...request) => {
          return ++sent === 1 ? first(...request) : done
        })
        const watch = watching(() => undefined)
        await write(table, watch)
        expect([sent, watch.doubts]).toEqual([2, doubts])
      },
    )
  })

  it('tells what was there where its own put was done and the answer lost', async () => {
    let stored: unknown
    const { table } = await scriptedTable((_operation, { Item: item }) => {
      if (stored !== undefined) return refusal('ConditionalCheckFailedException', { Item: stored })
      stored = item
      return 'reset'
    })
    const item = { ...itemOf('a'), through: { S: '1' } }
    expect(await table.put(item, [{ absent: true }])).toEqual({ written: false, current: item })
  })

  it('asks for the item that was there, and reads what was answered before', async () => {
    const asked: Record<string, unknown>[] = []
    const { table } = await scriptedTable((operation, body) => {
      asked.push({ operation, ...body })
      return done
    })
    await table.put(itemOf('a'), [
      { absent: true },
      { attribute: 'through', is: '=', value: { S: '1' } },
      { attribute: 'untilMs', is: '<', value: { N: '2' } },
    ])
    await table.get({ pk: 'p', sk: 'a' })
    await Array.fromAsync(table.query('p'))
    expect(asked).toMatchObject([
      {
        operation: 'PutItem',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ConditionExpression: 'attribute_not_exists(pk) OR #a1 = :v1 OR #a2 < :v2',
        ExpressionAttributeNames: { '#a1': 'through', '#a2': 'untilMs' },
        ExpressionAttributeValues: { ':v1': { S: '1' }, ':v2': { N: '2' } },
      },
      { operation: 'GetItem', ConsistentRead: true },
      { operation: 'Query', ConsistentRead: true, ScanIndexForward: true },
    ])
  })

  it.each<
    [string, (table: Awaited<ReturnType<typeof scriptedTable>>['table']) => Promise<unknown>]
  >([
    ['Reading minutes', (table) => table.get({ pk: 'p', sk: 'a' })],
    ['Writing minutes', (table) => table.put(itemOf('a'))],
    ['Deleting from minutes', (table) => table.delete({ pk: 'p', sk: 'a' }, [{ absent: true }])],
    ['Writing a batch to minutes', (table) => table.writeAll(putsOf(1))],
    ['Querying minutes', (table) => Array.fromAsync(table.query('p'))],
    ['Scanning minutes', (table) => Array.fromAsync(table.scan())],
  ])('throws StorageTrouble that names %s, with its cause', async (doing, request) => {
    const { table } = await scriptedTable(() => refusal('ResourceNotFoundException'))
    const outcome = await request(table).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(StorageTrouble)
    expect(outcome).toMatchObject({
      message: `${doing} failed: ResourceNotFoundException`,
      cause: { name: 'ResourceNotFoundException' },
    })
  })
})
