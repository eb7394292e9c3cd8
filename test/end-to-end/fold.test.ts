import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { afterAll, describe, expect, it } from 'vitest'
import { hostileTexts } from '../cli/output/hostile-texts.ts'
import { fileOf } from '../data/altered-input.ts'
import { malformedKinds, malformedLines } from '../data/malformed-lines.ts'
import {
  calendarVectorsFile,
  gunzipLines,
  onlineRetailFacts,
  onlineRetailFile,
  sharedDataMissing,
} from '../data/shared-data.ts'
import { smallInput } from '../data/small-input.ts'
import { type OracleRow, readPurchases, rowsOf, sumOf } from '../oracle/oracle.ts'
import {
  allGrains,
  differencesOf,
  type ExportedRow,
  noDifferences,
  parseRows,
  parseWithDigits,
} from './exported-rows.ts'
import { twofold, twofoldOk } from './twofold-command.ts'
import { grouped, Workspace } from './workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

const root = resolve(import.meta.dirname, '../..')
const lines = smallInput({ seed: 21, count: 150 })
const { purchases } = readPurchases(lines, Date.now())
const plain = fileOf(lines)
const input = workspace.writeBytes('small.ndjson', plain)

const zone = 'Australia/Lord_Howe'
const inZone = ['--zone', zone]

/** By product, currency and period, in the order of their encoded forms. */
const rowsIn = (stdout: string) => parseRows(stdout) as unknown as ExportedRow[]
const expectedRows = (rows: OracleRow[]) => rows as unknown as ExportedRow[]

describe('fold', () => {
  it.each(allGrains)('gives the rows of the oracle by the %s', async (grain) => {
    const { stdout, stderr } = await twofoldOk(['fold', input, '--grain', grain, ...inZone])
    const expected = expectedRows(rowsOf(purchases, grain, zone))
    expect(differencesOf(rowsIn(stdout), expected)).toEqual(noDifferences)
    const duplicates = lines.length - purchases.length
    expect(stderr).toMatch(
      new RegExp(
        `^${grouped(lines.length)} events read\n0 rejected\n${duplicates} duplicates dropped\n` +
          `${grouped(expected.length)} rows by the ${grain} in ${zone}\ndone in [0-9.]+ s\n$`,
      ),
    )
  })

  it('counts each line with --no-dedup', async () => {
    const { stdout, stderr } = await twofoldOk(['fold', input, '--no-dedup'])
    expect(sumOf(parseRows(stdout), 'purchases')).toBe(String(lines.length))
    expect(stderr).not.toContain('duplicates')
  })

  it('writes the same rows in every format, by key and period', async () => {
    const written = async (format: string) =>
      (await twofoldOk(['fold', input, '--grain', 'week', '--format', format])).stdout
    const rows = rowsIn(await written('ndjson'))
    expect(parseWithDigits(await written('json'))).toEqual(rows)
    const csv = parse(await written('csv'), { columns: true }) as Record<string, string>[]
    expect(csv.map(({ period, revenue }) => [period, revenue])).toEqual(
      rows.map(({ period, revenue }) => [period, revenue]),
    )
    const table = (await written('table')).trimEnd().split('\n')
    expect(table).toHaveLength(rows.length + 1)
    expect(table[0]).toMatch(/^aggregation +grain +period +from +to +productId .* maxPrice$/)
    const byKey = Map.groupBy(rows, ({ productId, currency }) => `${productId}\0${currency}`)
    const keys = rows.map(({ productId, currency }) => `${productId}\0${currency}`)
    expect([...byKey.keys()]).toEqual(keys.filter((key, at) => key !== keys[at - 1]))
    for (const some of byKey.values()) {
      expect(some.map(({ period }) => period)).toEqual(some.map(({ period }) => period).sort())
    }
  })

  it.each([
    ['each id once', []],
    ['every event', ['--no-dedup', '--grain', 'minute', '--format', 'csv']],
    ['a table', ['--format', 'table']],
  ])('gives the same by several threads: %s', async (_, options) => {
    const malformed = malformedLines(malformedKinds).map(({ line }) => line)
    const file = workspace.writeLines('threads.ndjson', [...lines, ...malformed, ...lines])
    const cut = workspace.writeBytes('threads.gz', gzipSync(fileOf(lines)).subarray(0, -9))
    const told = async (threads: readonly string[]) => {
      const { exitCode, stdout, stderr } = await twofold([
        ...['fold', file, cut, ...options, ...threads],
      ])
      return { exitCode, stdout, stderr: stderr.replace(/^done in .*$/m, '') }
    }
    const expected = await told([])
    expect(expected).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cut short') })
    expect(await told(['--threads', '3'])).toEqual(expected)
    expect(await told(['--threads'])).toEqual(expected)
  })

  it('writes the header of a CSV that has no rows, and an empty list', async () => {
    const empty = workspace.writeBytes('empty.ndjson', Buffer.from('\n \n'))
    expect(await twofoldOk(['fold', empty, '--format', 'csv'])).toMatchObject({
      stdout:
        'aggregation,grain,period,from,to,productId,currency,purchases,quantity,revenue,minPrice,maxPrice\n',
    })
    expect(await twofoldOk(['fold', empty, '--format', 'json'])).toMatchObject({ stdout: '[]\n' })
    expect(await twofoldOk(['fold', empty, '--format', 'ndjson'])).toMatchObject({ stdout: '' })
  })

  it('tells what was rejected, why, and where the first of it stands', async () => {
    const malformed = malformedLines(malformedKinds)
    const bad = workspace.writeLines('bad.ndjson', [...lines, ...malformed.map(({ line }) => line)])
    const { stdout, stderr } = await twofoldOk(['fold', bad, ...inZone])
    const expected = expectedRows(rowsOf(purchases, 'day', zone))
    expect(differencesOf(rowsIn(stdout), expected)).toEqual(noDifferences)
    const told = stderr.split('\n')
    expect(told[1]).toBe(`${malformed.length} rejected`)
    const reasons = told.filter((line) => line.startsWith('  '))
    const counts = reasons.map((line) => Number(/^ {2}(\d+) /.exec(line)?.[1]))
    expect(counts.reduce((total, count) => total + count, 0)).toBe(malformed.length)
    expect(stderr).toContain(
      `  1 timestamp: too-far-ahead (timestamp is more than 3600 s ahead of the clock); ` +
        `first in line ${lines.length + malformed.findIndex(({ kind }) => kind === 'timestamp: too far ahead') + 1} of bad.ndjson\n`,
    )
  })

  it('shows hostile texts on one line each, and steers no terminal', async () => {
    const products = hostileTexts.filter((text) => text !== '' && text.isWellFormed())
    const hostile = products.map((productId, at) =>
      Buffer.from(
        JSON.stringify({
          transactionId: `${at}`,
          timestamp: '2010-12-08T09:30:00Z',
          productId,
          quantity: 1,
          unitPrice: 1,
          currency: 'GBP',
        }),
      ),
    )
    const name = 'hostile\u001b[2J.ndjson'
    const file = workspace.writeLines(name, [...hostile, Buffer.from('no JSON')])
    const rows = rowsIn((await twofoldOk(['fold', file])).stdout)
    expect(rows.map(({ productId }) => productId).sort()).toEqual([...products].sort())
    const { stdout, stderr } = await twofoldOk(['fold', file, '--format', 'table'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(products.length + 1)
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u)
  })

  it('loads no SDK, no emulator and no CDK', async () => {
    const coverage = workspace.path('coverage')
    await twofoldOk(['fold', input], { env: { NODE_V8_COVERAGE: coverage } })
    const loaded = readdirSync(coverage).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8'))
      return result.map(({ url }: { readonly url: string }) => url) as string[]
    })
    expect(loaded.some((url) => url.endsWith('/cli/actions/fold.ts'))).toBe(true)
    const heavy =
      /\/node_modules\/(?:@aws-sdk|@smithy|@aws|aws-cdk-lib|constructs|dynalite|kinesalite|esbuild)\/|\/(?:emulator|infra|build)\//
    expect(loaded.filter((url) => heavy.test(url.replace(root, '')))).toEqual([])
  })
})

/** Runs a shell command of which `$twofold` is ours. */
function shell(script: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const command = `'${join(root, 'node_modules/.bin/node')}' '${join(root, 'cli/twofold.ts')}'`
  const env = { PATH: process.env.PATH, NO_COLOR: '1', twofold: command, input }
  const { promise, resolve: done } = Promise.withResolvers<{
    code: unknown
    stdout: string
    stderr: string
  }>()
  execFile(
    'bash',
    ['--norc', '-c', script],
    { env, maxBuffer: 2 ** 26 },
    (error, stdout, stderr) => {
      done({ code: error?.code ?? 0, stdout, stderr })
    },
  )
  return promise
}

describe('fold of standard input', () => {
  const gzip = workspace.writeBytes('small.gz', gzipSync(plain))
  const zstd = workspace.writeBytes('small.zst', zstdCompressSync(plain))

  it.each([
    ['a file', `eval "$twofold fold -" < '${input}'`],
    ['a pipe', `cat '${input}' | eval "$twofold fold -"`],
    [
      'a pipe of few bytes',
      `(head -c 3 '${input}'; tail -c +4 '${input}') | eval "$twofold fold -"`,
    ],
    ['gzip in a pipe', `cat '${gzip}' | eval "$twofold fold -"`],
    ['zstd in a pipe', `cat '${zstd}' | eval "$twofold fold -"`],
    ['gzip in a file', `eval "$twofold fold -" < '${gzip}'`],
    ['a file beside it', `cat '${zstd}' | eval "$twofold fold '${gzip}' -"`],
    ['a pipe with a name', `eval "$twofold fold <(cat '${gzip}')"`],
  ])('takes %s', async (_, script) => {
    const { code, stdout, stderr } = await shell(script)
    expect(code, stderr).toBe(0)
    const expected = expectedRows(rowsOf(purchases, 'day', 'UTC'))
    expect(differencesOf(rowsIn(stdout), expected)).toEqual(noDifferences)
  })

  it('tells that a folder cannot be read', async () => {
    const { code, stderr } = await shell('eval "$twofold fold -" < /')
    expect(code).toBe(1)
    expect(stderr).toMatch(/\ntwofold: standard input is cut short .* EISDIR: [^\n]*\n$/)
  })

  it('ends in silence where its reader has seen enough', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) =>
      Buffer.from(
        `{"transactionId":"${at}","timestamp":"2010-12-08T09:30:00Z","productId":"${at}",` +
          '"quantity":1,"unitPrice":1,"currency":"GBP"}',
      ),
    )
    const file = workspace.writeLines('many.ndjson', many)
    const script = `set -o pipefail; eval "$twofold fold '${file}'" | head -1`
    const { code, stdout, stderr } = await shell(script)
    expect({ code, lines: stdout.split('\n').length, stderr }).toEqual({
      code: 0,
      lines: 2,
      stderr: '',
    })
  })

  it.each([
    ['one thread', []],
    ['several', ['--threads', '2']],
  ])('ends at Ctrl-C by %s', async (_, threads) => {
    const args = [join(root, 'cli/twofold.ts'), 'fold', '-', ...threads]
    const child = spawn(join(root, 'node_modules/.bin/node'), args, {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const ended = new Promise((fulfil) => {
      child.once('exit', (code, signal) => fulfil({ code, signal }))
    })
    // More than pipes hold: it is taken once the command reads.
    await new Promise<void>((fulfil) => {
      child.stdin.write(Buffer.alloc(2 ** 21, ' '), () => fulfil())
    })
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: null, signal: 'SIGINT' })
    child.stdin.destroy()
  })
})

describe('fold ends with', () => {
  const bad = workspace.writeBytes('all-bad.ndjson', Buffer.from('no\n{}\n'))
  const cut = workspace.writeBytes('cut.gz', gzipSync(plain).subarray(0, -9))
  const folder = workspace.path('folder')
  mkdirSync(folder)

  it.each([
    [
      1,
      'a file that is not there',
      [input, workspace.path('none')],
      /^twofold: there is no file \S+none\n$/,
    ],
    [1, 'a file below a file', [join(input, 'x')], /^twofold: there is no file \S+x\n$/],
    [1, 'a folder', [input, folder], /^twofold: \S+folder is a folder; give files\n$/],
    [
      2,
      'standard input twice',
      ['-', '-'],
      /^twofold: - is standard input, which can be read once\n$/,
    ],
    [2, 'no file', [], /^twofold: missing required argument 'file' \(see --help\)\n$/],
    [2, 'no thread', [input, '--threads', '0'], /^twofold: option '--threads \[n\]' .*\n$/],
    [2, 'an unknown grain', [input, '--grain', 'hour'], /^twofold: option '--grain <grain>' .*\n$/],
    [
      2,
      'an unknown zone',
      [input, '--zone', 'Mars/Base'],
      /^twofold: No IANA time zone is named "Mars\/Base"\n$/,
    ],
    [
      2,
      'an unknown aggregation',
      [input, '--aggregation', 'x'],
      /^twofold: there is no aggregation named x; .*\n$/,
    ],
  ] as const)('%i and one line for %s, and folds nothing', async (exitCode, _, args, told) => {
    const finished = await twofold(['fold', ...args])
    expect(finished).toMatchObject({ exitCode, stdout: '' })
    expect(finished.stderr).toMatch(told)
  })

  it.skipIf(process.getuid?.() === 0)('1 for a file that may not be read', async () => {
    const secret = workspace.writeBytes('secret', plain)
    chmodSync(secret, 0)
    const finished = await twofold(['fold', secret])
    expect(finished).toMatchObject({ exitCode: 1, stdout: '' })
    expect(finished.stderr).toMatch(/^twofold: \S+secret may not be read\n$/)
  })

  it('1 where every line was rejected', async () => {
    const { exitCode, stdout, stderr } = await twofold(['fold', bad, '--format', 'csv'])
    expect({ exitCode, rows: stdout.split('\n').length }).toEqual({ exitCode: 1, rows: 2 })
    expect(stderr).toContain('2 events read\n2 rejected\n')
    expect(stderr).toMatch(/\ntwofold: every line was rejected\n$/)
  })

  it('1 where a file is cut short, and gives the rows of all that was read', async () => {
    const { exitCode, stdout, stderr } = await twofold(['fold', cut, input])
    expect(exitCode).toBe(1)
    const expected = expectedRows(rowsOf(purchases, 'day', 'UTC'))
    expect(differencesOf(rowsIn(stdout), expected)).toEqual(noDifferences)
    expect(stderr).toMatch(
      /\n {2}1 record: cut-short \(cut\.gz is cut short or damaged after line \d+: /,
    )
    expect(stderr).toMatch(/\ntwofold: cut\.gz is cut short .*: unexpected end of file\n$/)
  })
})

const title = sharedDataMissing
  ? 'fold of the real file (skipped: ../shared/data is not there)'
  : 'fold of the real file'

describe.skipIf(sharedDataMissing)(title, () => {
  const real = sharedDataMissing ? [] : gunzipLines(onlineRetailFile)
  const { purchases: all } = readPurchases(real, Date.now())

  it.each(allGrains)('comes out as the oracle has it by the %s', async (grain) => {
    const args = ['fold', onlineRetailFile, '--grain', grain, '--zone', 'Europe/London']
    const rows = rowsIn((await twofoldOk(args)).stdout)
    expect(rows.length).toBe(onlineRetailFacts.rows[grain])
    expect(sumOf(rows, 'revenue')).toBe(onlineRetailFacts.revenue)
    const expected = expectedRows(rowsOf(all, grain, 'Europe/London'))
    expect(differencesOf(rows, expected)).toEqual(noDifferences)
  })

  it('comes out as the oracle has it in every zone of the calendar vectors', async () => {
    for (const inZone of new Set(pastVectors().map((vector) => vector.zone))) {
      const args = ['fold', onlineRetailFile, '--grain', 'day', '--zone', inZone]
      const expected = expectedRows(rowsOf(all, 'day', inZone))
      const rows = rowsIn((await twofoldOk(args)).stdout)
      expect(differencesOf(rows, expected), inZone).toEqual(noDifferences)
    }
  })

  it('has purchases at the instants of the calendar vectors in their periods', async () => {
    for (const [inZone, some] of Map.groupBy(pastVectors(), (vector) => vector.zone)) {
      const made = some.map(({ instant }, at) => JSON.stringify(purchaseAt(instant, at)))
      const file = workspace.writeLines(
        'vectors.ndjson',
        made.map((line) => Buffer.from(line)),
      )
      for (const [grain, periodOf] of Object.entries(vectorPeriods)) {
        const { stdout } = await twofoldOk(['fold', file, '--grain', grain, '--zone', inZone])
        const found = rowsIn(stdout).map(
          ({ period, from, to }) => `${period} ${Date.parse(from)} ${Date.parse(to)}`,
        )
        expect(new Set(found), `${grain} in ${inZone}`).toEqual(new Set(some.map(periodOf)))
        expect(sumOf(rowsIn(stdout), 'purchases')).toBe(String(some.length))
      }
    }
  })
})

interface Vector {
  readonly zone: string
  readonly instant: string
  readonly day: string
  readonly dayFrom: number
  readonly dayTo: number
  readonly isoWeek: string
  readonly weekFrom: number
  readonly weekTo: number
  readonly month: string
  readonly monthFrom: number
  readonly monthTo: number
}

const vectorPeriods = {
  day: ({ day, dayFrom, dayTo }: Vector) => `${day} ${dayFrom} ${dayTo}`,
  week: ({ isoWeek, weekFrom, weekTo }: Vector) => `${isoWeek} ${weekFrom} ${weekTo}`,
  month: ({ month, monthFrom, monthTo }: Vector) => `${month} ${monthFrom} ${monthTo}`,
}

/** Events ahead of the clock are refused. */
function pastVectors(): Vector[] {
  return gunzipLines(calendarVectorsFile)
    .map((line) => JSON.parse(line.toString()) as Vector)
    .filter(({ instant }) => Date.parse(instant) < Date.now())
}

const purchaseAt = (timestamp: string, number: number) => ({
  transactionId: `${number}`,
  timestamp,
  productId: 'mug',
  quantity: 1,
  unitPrice: 1,
  currency: 'GBP',
})
