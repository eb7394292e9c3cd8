import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Attribute } from '../../lib/store/attribute.ts'
import { StorageTrouble } from '../../lib/store/storage-trouble.ts'
import type { Condition, Item, SortKeyRange, Table, Write } from '../../lib/store/table.ts'
import type { Difference, TableBackend } from './backend.ts'
import { watching } from './watching.ts'

/** What every `Table` must do, whatever it stores its items in. */
export function tableConformance(backend: TableBackend): void {
  describe('a table', () => {
    let table: Table
    beforeAll(async () => {
      table = await backend.emptyTable()
    })

    describe('get and put', () => {
      it('finds nothing where nothing was put', async () => {
        expect(await table.get({ pk: randomUUID(), sk: 'a' })).toBeUndefined()
      })

      it('replaces an item as a whole', async () => {
        const pk = randomUUID()
        expect(await table.put(itemOf(pk, 'a', { x: { S: '1' }, y: { S: '2' } }))).toEqual({
          written: true,
        })
        await table.put(itemOf(pk, 'a', { x: { S: '3' } }))
        expect(await table.get({ pk, sk: 'a' })).toEqual(itemOf(pk, 'a', { x: { S: '3' } }))
      })

      it('keeps every type of attribute that stores use', async () => {
        const pk = randomUUID()
        const item = itemOf(pk, 'a', {
          text: { S: '\u0000\n\u007f"\\🧺\u2028\uffff' },
          empty: { S: '' },
          yes: { BOOL: true },
          list: { L: [{ M: { name: { S: '' }, n: { N: '0' } } }, { L: [] }] },
          nothing: { L: [] },
          map: { M: {} },
          bytes: { B: Uint8Array.of(0, 1, 255) },
          __proto__x: { S: 'x' },
          'a.b': { N: '-1' },
        })
        await table.put(item)
        expect(await table.get({ pk, sk: 'a' })).toEqual(item)
      })

      it.each([
        '0',
        '-0.0001',
        '9007199254740993',
        '12345678901234567890123456789012345678',
        '-0.12345678901234567890123456789012345678',
        '1234567890123456789.0123456789012345678',
        '100000000000000000000000000000000000000',
      ])('keeps every digit of the number %s', async (text) => {
        const pk = randomUUID()
        await table.put(itemOf(pk, 'a', { n: { N: text } }))
        expect((await table.get({ pk, sk: 'a' }))?.n).toEqual({ N: text })
      })

      it.each([
        ['1.0', '1'],
        ['1.50', '1.5'],
        ['100', '100'],
        ['1E2', '100'],
        ['12e-5', '0.00012'],
        ['-0', '0'],
        ['0.00', '0'],
        ['007', '7'],
        ['.5', '0.5'],
        [`1${'0'.repeat(60)}`, `1${'0'.repeat(60)}`],
        [`${'9'.repeat(38)}00`, `${'9'.repeat(38)}00`],
        ['1E-130', `0.${'0'.repeat(129)}1`],
        ['9.9E125', `99${'0'.repeat(124)}`],
      ])('writes the number %s in one way', async (text, canonical) => {
        const pk = randomUUID()
        await table.put(itemOf(pk, 'a', { n: { N: text }, list: { L: [{ N: text }] } }))
        const item = await table.get({ pk, sk: 'a' })
        const asWritten = backend.differences.has('leaves numbers in lists as they were written')
        const listed = { N: asWritten ? text : canonical }
        expect(item).toMatchObject({ n: { N: canonical }, list: { L: [listed] } })
        const same: Condition = [{ attribute: 'n', is: '=', value: { N: text } }]
        expect(await table.put(itemOf(pk, 'a'), same)).toEqual({ written: true })
      })

      it('leaves out what is undefined', async () => {
        const pk = randomUUID()
        const none = undefined as unknown as Attribute
        await table.put(itemOf(pk, 'a', { none, map: { M: { none } } }))
        expect(await table.get({ pk, sk: 'a' })).toStrictEqual(itemOf(pk, 'a', { map: { M: {} } }))
      })

      it('tells keys apart whatever they hold', async () => {
        const pk = randomUUID()
        const sortKeys = ['a', 'A', 'a ', 'a#', 'a#b', 'ä', 'a\u0308', '__proto__', '🧺', '~@']
        for (const sk of sortKeys) await table.put(itemOf(pk, sk, { own: { S: sk } }))
        const found = await Promise.all(sortKeys.map((sk) => table.get({ pk, sk })))
        expect(found.map((item) => item?.own?.S)).toEqual(sortKeys)
      })

      it('hands out items that are not its own', async () => {
        const pk = randomUUID()
        const item = itemOf(pk, 'a', { list: { L: [{ S: 'kept' }] } })
        await table.put(item)
        item.list?.L?.push({ S: 'put in later' })
        const found = await table.get({ pk, sk: 'a' })
        try {
          found?.list?.L?.push({ S: 'put in later' })
        } catch (error) {
          // A table may also hand out what can't be changed at all.
          expect(error).toBeInstanceOf(TypeError)
        }
        expect((await table.get({ pk, sk: 'a' }))?.list).toEqual({ L: [{ S: 'kept' }] })
      })
    })

    describe('conditions', () => {
      const there: Item = {
        text: { S: 'b' },
        empty: { S: '' },
        number: { N: '10' },
        sequence: { N: '20000000000000000000' },
      }
      const texts = (is: '=' | '<', value: string): Condition => [
        { attribute: 'text', is, value: { S: value } },
      ]
      const numbers = (is: '=' | '<', value: string): Condition => [
        { attribute: 'number', is, value: { N: value } },
      ]
      const sequences = (is: '=' | '<', value: string): Condition => [
        { attribute: 'sequence', is, value: { N: value } },
      ]
      const absent: Condition = [{ absent: true }]
      const cases: [string, Condition, boolean, boolean][] = [
        ['absent', absent, true, false],
        ['text = b', texts('=', 'b'), false, true],
        ['text = a', texts('=', 'a'), false, false],
        ['text < c', texts('<', 'c'), false, true],
        ['text < b', texts('<', 'b'), false, false],
        ['number = 10', numbers('=', '10'), false, true],
        ['number = 9', numbers('=', '9'), false, false],
        ['number < 11', numbers('<', '11'), false, true],
        ['number < 10', numbers('<', '10'), false, false],
        ['number < 9, as text it were so', numbers('<', '9'), false, false],
        ['number < 100, as text it were not so', numbers('<', '100'), false, true],
        [
          'a number beyond 2^53 = its neighbour',
          sequences('=', '20000000000000000001'),
          false,
          false,
        ],
        [
          'a number beyond 2^53 < its neighbour',
          sequences('<', '20000000000000000001'),
          false,
          true,
        ],
        ['a number beyond 2^53 < itself', sequences('<', '20000000000000000000'), false, false],
        ['number = 10.0', numbers('=', '10.0'), false, true],
        ['number < a greater one of 38 digits', numbers('<', `10.${'0'.repeat(35)}1`), false, true],
        ['number < a negative one', numbers('<', '-11'), false, false],
        ['a text < a number', [{ attribute: 'text', is: '<', value: { N: '99' } }], false, false],
        [
          'a missing attribute = an empty text',
          [{ attribute: 'none', is: '=', value: { S: '' } }],
          false,
          false,
        ],
        [
          'an empty text = an empty text',
          [{ attribute: 'empty', is: '=', value: { S: '' } }],
          false,
          true,
        ],
        ['a missing attribute', [{ attribute: 'none', is: '<', value: { N: '1' } }], false, false],
        ['another type', [{ attribute: 'text', is: '=', value: { N: '1' } }], false, false],
        ['absent or number < 11', [...absent, ...numbers('<', '11')], true, true],
        ['absent or number < 1', [...absent, ...numbers('<', '1')], true, false],
        [
          'absent or < 1 or text = b',
          [...absent, ...numbers('<', '1'), ...texts('=', 'b')],
          true,
          true,
        ],
      ]

      it.each(cases)('%s: a put', async (_name, condition, ofNothing, ofItem) => {
        const pk = randomUUID()
        const next = (sk: string) => itemOf(pk, sk, { next: { S: 'yes' } })
        await table.put(itemOf(pk, 'item', there))

        const onNothing = await table.put(next('nothing'), condition)
        expect(onNothing.written).toBe(ofNothing)
        expect(await table.get({ pk, sk: 'nothing' })).toEqual(
          ofNothing ? next('nothing') : undefined,
        )

        const onItem = await table.put(next('item'), condition)
        expect(onItem.written).toBe(ofItem)
        expect(await table.get({ pk, sk: 'item' })).toEqual(
          ofItem ? next('item') : itemOf(pk, 'item', there),
        )
        if (!onItem.written) {
          const silent = backend.differences.has('does not tell what was there')
          expect(onItem.current).toEqual(silent ? undefined : itemOf(pk, 'item', there))
        }
      })

      it.each(cases)('%s: a delete', async (_name, condition, ofNothing, ofItem) => {
        const pk = randomUUID()
        await table.put(itemOf(pk, 'item', there))
        expect(await table.delete({ pk, sk: 'nothing' }, condition)).toBe(ofNothing)
        expect(await table.delete({ pk, sk: 'item' }, condition)).toBe(ofItem)
        const left = await table.get({ pk, sk: 'item' })
        expect(left).toEqual(ofItem ? undefined : itemOf(pk, 'item', there))
      })

      it('order texts as UTF-8', async () => {
        const pk = randomUUID()
        await table.put(itemOf(pk, 'a', { text: { S: '\uffff' } }))
        const result = await table.put(itemOf(pk, 'a'), texts('<', '🧺'))
        const differs = backend.differences.has('orders texts in conditions by UTF-16')
        expect(result.written).toBe(!differs)
      })

      it('let exactly one of many win', async () => {
        const pk = randomUUID()
        const contenders = Array.from({ length: 30 }, (_, at) => at)
        const put = (by: number, condition: Condition) =>
          table.put(itemOf(pk, 'a', { by: { N: String(by) } }), condition)
        const first = await Promise.all(contenders.map((by) => put(by, [{ absent: true }])))
        expect(first.filter(({ written }) => written)).toHaveLength(1)

        const by = await table.get({ pk, sk: 'a' })
        const same: Condition = [{ attribute: 'by', is: '=', value: { N: by?.by?.N ?? '' } }]
        const second = await Promise.all(contenders.map((at) => put(100 + at, same)))
        const winners = contenders.filter((at) => second[at]?.written)
        expect(winners).toHaveLength(1)
        expect((await table.get({ pk, sk: 'a' }))?.by?.N).toBe(String(100 + (winners[0] ?? 0)))

        const held = `${100 + (winners[0] ?? 0)}`
        const last: Condition = [{ attribute: 'by', is: '=', value: { N: held } }]
        const deletes = await Promise.all(contenders.map(() => table.delete({ pk, sk: 'a' }, last)))
        expect(deletes.filter((deleted) => deleted)).toHaveLength(1)
      })
    })

    describe('writeAll', () => {
      it('writes more than one batch holds, puts and deletes alike, and says how many', async () => {
        const pk = randomUUID()
        const keys = Array.from({ length: 260 }, (_, at) => String(at).padStart(3, '0'))
        expect(await table.writeAll(keys.map((sk) => ({ put: itemOf(pk, sk) })))).toBe(260)
        const some = async function* (): AsyncGenerator<Write> {
          for (const [at, sk] of keys.entries()) {
            yield at % 2 === 0
              ? { delete: { pk, sk } }
              : { put: itemOf(pk, sk, { again: { BOOL: true } }) }
          }
        }
        expect(await table.writeAll(some())).toBe(260)
        const left = await collect(table.query(pk))
        expect(left.map(({ sk }) => sk?.S)).toEqual(keys.filter((_, at) => at % 2 === 1))
        expect(left.every(({ again }) => again?.BOOL)).toBe(true)
      })

      it('takes nothing at all, and deletes what is not there', async () => {
        expect(await table.writeAll([])).toBe(0)
        expect(await table.writeAll([{ delete: { pk: randomUUID(), sk: 'a' } }])).toBe(1)
      })

      it('hands on the error of its source', async () => {
        const broken = async function* (): AsyncGenerator<Write> {
          yield { put: itemOf(randomUUID(), 'a') }
          throw new Error('the part is gone')
        }
        await expect(table.writeAll(broken())).rejects.toThrow('the part is gone')
      })
    })

    describe('a watch', () => {
      const late = new Error('too late')

      it('keeps a put from being made, and is thrown as it is', async () => {
        const pk = randomUUID()
        const watch = watching(() => {
          throw late
        })
        await expect(table.put(itemOf(pk, 'a'), undefined, watch)).rejects.toBe(late)
        await expect(table.put(itemOf(pk, 'a'), [{ absent: true }], watch)).rejects.toBe(late)
        expect(await table.get({ pk, sk: 'a' })).toBeUndefined()
      })

      it('ends a long write halfway, with what was written before it', async () => {
        const pk = randomUUID()
        let left = 2
        const watch = watching(() => {
          if (left-- <= 0) throw late
        })
        const writes = Array.from({ length: 500 }, (_, at) => ({ put: itemOf(pk, String(at)) }))
        await expect(table.writeAll(writes, watch)).rejects.toBe(late)
        expect(await collect(table.query(pk))).toHaveLength(50)
      })

      it('lets everything through that it does not object to', async () => {
        const pk = randomUUID()
        let sendings = 0
        const watch = watching(() => void sendings++)
        await table.put(itemOf(pk, 'a'), undefined, watch)
        await table.writeAll([{ put: itemOf(pk, 'b') }], watch)
        expect(await sortKeys(table.query(pk))).toEqual(['a', 'b'])
        expect(sendings).toBe(2)
        await table.writeAll([], watch)
        expect(sendings).toBe(2)
      })
    })

    describe('query', () => {
      it('finds the items of one partition only, in the order of UTF-8', async () => {
        const pk = randomUUID()
        // In UTF-16 the basket would come before U+FFFF.
        const ordered = ['!', '#', '$', 'A', 'a', 'a!', 'a#', 'aa', '~', 'ä', '\uffff', '🧺']
        await table.writeAll(ordered.toReversed().map((sk) => ({ put: itemOf(pk, sk) })))
        await table.put(itemOf(`${pk}x`, 'b'))
        expect(await sortKeys(table.query(pk))).toEqual(ordered)
        expect(await sortKeys(table.query(pk, { descending: true }))).toEqual(ordered.toReversed())
        expect(await sortKeys(table.query(randomUUID()))).toEqual([])
      })

      it('finds what begins so, or lies from here to there, both of them inclusive', async () => {
        const pk = randomUUID()
        const all = ['a', 'a#1', 'a#2', 'a#2#x', 'a#3', 'b#1', '\uffff', '🧺']
        await table.writeAll(all.map((sk) => ({ put: itemOf(pk, sk) })))
        const query = (range: Parameters<Table['query']>[1]) => sortKeys(table.query(pk, range))
        expect(await query({ prefix: 'a#' })).toEqual(['a#1', 'a#2', 'a#2#x', 'a#3'])
        expect(await query({ prefix: 'c' })).toEqual([])
        expect(await query({ prefix: '' })).toEqual(all)
        expect(await query({ prefix: 'a', descending: true })).toHaveLength(5)
        expect(await query({ between: ['a#1', 'a#2'] })).toEqual(['a#1', 'a#2'])
        expect(await query({ between: ['a#1', 'a#2$'] })).toEqual(['a#1', 'a#2', 'a#2#x'])
        expect(await query({ between: ['a#2', 'a#2'] })).toEqual(['a#2'])
        expect(await query({ between: ['a#1', 'a#2$'], descending: true })).toEqual([
          'a#2#x',
          'a#2',
          'a#1',
        ])
      })

      it('finds nothing in a range that ends before it begins', async () => {
        const pk = randomUUID()
        await table.put(itemOf(pk, 'b'))
        expect(await sortKeys(table.query(pk, { between: ['c', 'a'] }))).toEqual([])
        expect(await sortKeys(table.query(pk, { between: ['🧺', '\uffff'] }))).toEqual([])
      })

      it('follows every page', async () => {
        const pk = randomUUID()
        const long = { S: 'x'.repeat(100_000) }
        const keys = Array.from({ length: 25 }, (_, at) => String(at).padStart(2, '0'))
        await table.writeAll(keys.map((sk) => ({ put: itemOf(pk, sk, { long }) })))
        expect(await sortKeys(table.query(pk))).toEqual(keys)
        expect(await sortKeys(table.query(pk, { descending: true }))).toEqual(keys.toReversed())
        expect(await sortKeys(table.query(pk, { prefix: '2' }))).toHaveLength(5)
        for await (const item of table.query(pk)) {
          expect(item.sk?.S).toBe('00')
          break
        }
      })
    })

    describe('scan', () => {
      it('finds every item over many pages, those of a partition together and in order', async () => {
        const run = randomUUID()
        const long = { S: 'x'.repeat(30_000) }
        const partitions = Array.from({ length: 20 }, (_, at) => `${run}-${at}`)
        const keys = ['1', '2', '3', '4', '5'].map((end) => `${run}#${end}`)
        await table.writeAll(
          partitions.flatMap((pk) => keys.map((sk) => ({ put: itemOf(pk, sk, { long }) }))),
        )
        await table.put(itemOf(`${run}-0`, 'other'))
        const items = await collect(table.scan(`${run}#`))
        const found = Map.groupBy(items, ({ pk }) => pk?.S)
        expect([...found.keys()].sort()).toEqual(partitions.toSorted())
        for (const some of found.values()) expect(some.map(({ sk }) => sk?.S)).toEqual(keys)
        const order = items.map(({ pk }) => pk?.S)
        expect(order.filter((pk, at) => pk !== order[at - 1])).toHaveLength(partitions.length)
        const others = await collect(table.scan())
        expect(others.some(({ pk, sk }) => pk?.S === `${run}-0` && sk?.S === 'other')).toBe(true)
      })
    })

    describe('what DynamoDB does not take', () => {
      const max = { item: 400 * 1024, partitionKey: 2048, sortKey: 1024 }
      const refuse = async (request: () => Promise<unknown>, difference?: Difference) => {
        const outcome = await request().catch((error: unknown) => error)
        if (difference !== undefined && backend.differences.has(difference)) {
          expect(outcome).not.toBeInstanceOf(Error)
        } else {
          expect(outcome).toBeInstanceOf(StorageTrouble)
        }
      }
      /** An item of so many bytes of which `rest` takes some; its keys and names are short. */
      const itemOfBytes = (bytes: number, rest: Item, restBytes: number) =>
        itemOf('p', 's', { ...rest, x: { S: 'x'.repeat(bytes - 'pkpsksx'.length - restBytes) } })
      const sizes: [string, Item, number, Difference?][] = [
        ['texts', { t: { S: 'é' } }, 3, 'counts characters of texts, not bytes'],
        ['lists', { l: { L: [{ S: 'a' }, { S: '' }] } }, 1 + 3 + 2 + 1],
        ['maps', { m: { M: { ab: { S: 'cd' } } } }, 1 + 3 + 1 + 4],
        ['numbers', { n: { N: '12345' } }, 1 + 4],
        ['negative numbers', { n: { N: '-12.345' } }, 1 + 5],
        ['truths', { b: { BOOL: true } }, 1 + 1],
        ['bytes', { b: { B: Uint8Array.of(1, 2, 3) } }, 1 + 3],
      ]

      it.each(sizes)(
        'are items over 400 KB, of %s too',
        async (_what, rest, restBytes, difference) => {
          expect(await table.put(itemOfBytes(max.item, rest, restBytes))).toEqual({ written: true })
          await refuse(() => table.put(itemOfBytes(max.item + 1, rest, restBytes)), difference)
        },
      )

      const nested = (levels: number): Attribute =>
        levels === 0 ? { S: 'x' } : { M: { a: nested(levels - 1) } }
      const query = (range: SortKeyRange) => Array.fromAsync(table.query('p', range))
      const put = (attributes: Item, condition?: Condition) =>
        table.put(itemOf('p', 'a', attributes), condition)
      const numberPut = (text: string) => put({ n: { N: text } })

      const refused: [string, () => Promise<unknown>, Difference?][] = [
        ['an item without a sort key', () => table.put({ pk: { S: 'p' } })],
        ['a key that is a number', () => table.put({ pk: { N: '1' }, sk: { S: 'a' } })],
        ['an empty partition key', () => table.put(itemOf('', 'a'))],
        ['an empty sort key', () => table.put(itemOf('p', ''))],
        ['a long partition key', () => table.put(itemOf('p'.repeat(max.partitionKey + 1), 'a'))],
        ['a long sort key', () => table.put(itemOf('p', 's'.repeat(max.sortKey + 1)))],
        [
          'a sort key of few characters and many bytes',
          () => table.put(itemOf('p', `${'é'.repeat(max.sortKey / 2)}s`)),
          'counts characters of texts, not bytes',
        ],
        ['a look for an empty key', () => table.get({ pk: 'p', sk: '' })],
        ['a look for a long key', () => table.get({ pk: 'p', sk: 's'.repeat(max.sortKey + 1) })],
        ['a delete of an empty key', () => table.delete({ pk: 'p', sk: '' }, [{ absent: true }])],
        [
          'a query of no partition',
          () => Array.fromAsync(table.query('')),
          'looks for what no key can be',
        ],
        [
          'a long prefix',
          () => query({ prefix: 's'.repeat(max.sortKey + 1) }),
          'looks for what no key can be',
        ],
        [
          'a range from nothing',
          () => query({ between: ['', 'a'] }),
          'looks for what no key can be',
        ],
        [
          'a range to a long key',
          () => query({ between: ['a', 'b'.repeat(max.sortKey + 1)] }),
          'looks for what no key can be',
        ],
        ['a number of 39 digits', () => numberPut('1'.repeat(39))],
        ['a number that is too great', () => numberPut('1E126')],
        ['a number that is too small', () => numberPut('1E-131')],
        ['an empty number', () => numberPut('')],
        ['a number that is none', () => numberPut('ten')],
        ['an attribute of no type', () => put({ x: {} as Attribute })],
        [
          'an attribute without a name',
          () => put({ '': { S: 'x' } }),
          'takes attributes without a name',
        ],
        ['32 levels within an attribute', () => put({ x: nested(32) }), 'takes any depth'],
        ['a condition of nothing', () => put({}, [])],
        [
          'a condition of 39 digits',
          () => put({}, [{ attribute: 'n', is: '<', value: { N: '1'.repeat(39) } }]),
        ],
        [
          'an order of truths',
          () => put({}, [{ attribute: 'n', is: '<', value: { BOOL: true } }]),
          'compares what has no order',
        ],
        ['a batch that puts one key twice', () => table.writeAll(twice())],
        [
          'a batch that puts and deletes one key',
          () => table.writeAll([{ put: itemOf('p', 'd') }, { delete: { pk: 'p', sk: 'd' } }]),
        ],
      ]
      const twice = () => [{ put: itemOf('p', 't') }, { put: itemOf('p', 't') }]

      it.each(refused)('is %s', (_what, request, difference) => refuse(request, difference))

      it('takes what is just not too much', async () => {
        await table.put(itemOf('p'.repeat(max.partitionKey), 's'.repeat(max.sortKey)))
        await table.put(itemOf('p', 'é'.repeat(max.sortKey / 2)))
        await put({ x: nested(31) })
      })

      it('leaves a batch undone of which something is refused', async () => {
        const pk = randomUUID()
        const good = { put: itemOf(pk, 'good') }
        const large = itemOf(pk, 'large', { x: { S: 'x'.repeat(max.item) } })
        await expect(table.writeAll([good, { put: large }])).rejects.toThrow(StorageTrouble)
        await expect(table.writeAll([good, good])).rejects.toThrow(StorageTrouble)
        expect(await table.get({ pk, sk: 'good' })).toBeUndefined()
      })
    })
  })
}

function itemOf(pk: string, sk: string, attributes: Item = {}): Item {
  return { pk: { S: pk }, sk: { S: sk }, ...attributes }
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

async function sortKeys(items: AsyncIterable<Item>): Promise<(string | undefined)[]> {
  return (await collect(items)).map(({ sk }) => sk?.S)
}
