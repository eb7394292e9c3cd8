import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileTexts } from '../cli/output/hostile-texts.ts'
import { fileOf } from '../data/altered-input.ts'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { type RejectedRecord, rejectedRecords } from './rejected-records.ts'
import { type Finished, keyArguments, twofold, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

const mebibyte = 1024 * 1024

function purchase(productId: string, at: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      transactionId: `hostile-${at}`,
      timestamp: '2010-12-08T09:30:00Z',
      productId,
      quantity: 1,
      unitPrice: 1,
      currency: 'GBP',
    }),
  )
}

const products = [
  ...hostileTexts.filter((text) => text !== ''),
  '~',
  '|',
  '#',
  '~p',
  'a|GBP#2010-12-08T09:30#shardId-000000000000',
  'history',
  'redriven-0-shardId-000000000000',
  '~'.repeat(256),
]

describe('a small gzip file of hostile lines, one of which is 64 MiB, and more behind it', () => {
  const usual = smallInput({ seed: 9, count: 80 })
  const before = [...usual.slice(0, 40), ...products.map(purchase)]
  const behind = usual.slice(40)
  const data = workspace.path('hostile')
  const longLine = before.length + 1
  const longAt = fileOf(before).length
  let finished: Finished
  let rejected: RejectedRecord[] = []

  beforeAll(async () => {
    const bytes = Buffer.concat([
      gzipSync(fileOf(before)),
      ...Array<Buffer>(4).fill(gzipSync(Buffer.alloc(16 * mebibyte, '['))),
      gzipSync(Buffer.concat([Buffer.from('\n'), fileOf(behind)])),
      Buffer.from('\0{"transactionId":"behind the end"}\n'),
    ])
    const input = workspace.writeBytes('bomb\u001b[2J.ndjson.gz', bytes)
    finished = await twofold(['run', '--input', input, '--zone', 'UTC', '--data', data])
    rejected = await rejectedRecords(data)
  })

  it('has all its purchases counted, those behind the long line too', async () => {
    const { purchases } = readPurchases([...before, ...behind], Date.now())
    const expected = asFinal(rowsOf(purchases, 'day', 'UTC'))
    expect(differencesOf(await exportRows(data, 'day'), expected)).toEqual(noDifferences)
  })

  it('is told to have more behind its end, in one line that steers no terminal', () => {
    expect(finished.exitCode).toBe(1)
    const shown = finished.stdout + finished.stderr
    expect(shown).not.toMatch(/[^\n\x20-\x7e]/)
    expect(finished.stderr.trimEnd().split('\n').at(-1)).toContain('bytes that are no gzip')
    expect(rejected.map(({ reason }) => reason).sort()).toEqual(['cut-short', 'too-large'])
  })

  it('has the begin of the long line kept, and where the whole of it is', () => {
    const kept = rejected.find(({ reason }) => reason === 'too-large')
    expect(kept?.record.equals(Buffer.alloc(8 * mebibyte, '['))).toBe(true)
    expect(kept?.message).toContain(`line ${longLine} of`)
    expect(kept?.message).toContain(`it has ${64 * mebibyte} bytes`)
    expect(kept?.message).toContain(`begins at byte ${longAt}`)
  })

  it('has its keys in every format, and steers no terminal by them', async () => {
    const exported = async (format: string) =>
      (await twofoldOk(['export', '--grain', 'day', '--format', format, '--data', data])).stdout
    const rows = JSON.parse(await exported('json')) as { readonly productId: string }[]
    const keys = new Set(rows.map(({ productId }) => productId))
    expect(products.filter((product) => !keys.has(product))).toEqual([])
    const csv = parse(await exported('csv'), { columns: true }) as { readonly productId: string }[]
    expect(csv).toHaveLength(rows.length)
    for (const [at, { productId }] of csv.entries()) {
      expect([rows[at]?.productId, `'${rows[at]?.productId}`]).toContain(productId)
    }
    const table = await exported('table')
    expect(table).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u)
    expect(table.trimEnd().split('\n')).toHaveLength(csv.length + 1)
  })

  it.each(['~'.repeat(256), 'a|GBP#2010-12-08T09:30#shardId-000000000000'])(
    'has a row for the key %j',
    async (productId) => {
      const { stdout } = await twofoldOk([
        'query',
        ...['--grain', 'minute'],
        ...keyArguments(productId, 'GBP'),
        ...['--from', '2010-12-08'],
        ...['--to', '2010-12-09'],
        ...['--format', 'json'],
        ...['--data', data],
      ])
      expect(JSON.parse(stdout)).toMatchObject([{ productId, purchases: 1 }])
    },
  )
})
