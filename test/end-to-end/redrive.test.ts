import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { allGrains, asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { keepFailedBatch, keepRejected, keysBelow, withBucket } from './kept-records.ts'
import { RunningCommand, twofold, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const workspace = new Workspace()
afterAll(() => workspace.remove())

const data = workspace.path('data')
const zone = 'Europe/London'
const lines = smallInput({ seed: 31, count: 240 })
const applied = lines.slice(0, 160)
const rejected = lines.slice(160, 200)
/** Half of it was applied before it was given up. */
const failedBatch = lines.slice(120)
const bad = Buffer.from('{"transactionId":')
const arrivedMs = Date.parse('2026-11-22T10:30:00Z')

/** What `redrive` writes for programs. */
async function redrive(args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await twofoldOk(['redrive', ...args, '--format', 'json', '--data', data])
  return JSON.parse(stdout) as Record<string, unknown>[]
}

async function expectRowsOf(some: readonly Buffer[], grains = allGrains): Promise<void> {
  const { purchases } = readPurchases(some, Date.now())
  for (const grain of grains) {
    const rows = await exportRows(data, grain)
    const expected = asFinal(rowsOf(purchases, grain, zone))
    expect(differencesOf(rows, expected), grain).toEqual(noDifferences)
  }
}

const bucketKeys = () =>
  withBucket(data, async (objects) => {
    const keys = await keysBelow(objects, '')
    return keys.filter((key) => !key.startsWith('parts/'))
  })

beforeAll(async () => {
  const input = workspace.writeLines('purchases.ndjson', applied)
  await twofoldOk(['run', '--input', input, '--zone', zone, '--data', data])
  await withBucket(data, async (objects) => {
    await keepRejected(objects, [...rejected, bad], arrivedMs)
    await keepFailedBatch(objects, failedBatch, arrivedMs)
  })
})

const refusedLine = {
  from: 'rejects',
  outcome: 'refused',
  reason: 'not-json',
  field: null,
  records: 1,
}
const takenRejects = {
  from: 'rejects',
  outcome: 'taken',
  reason: null,
  field: null,
  records: rejected.length,
}
const takenBatches = { ...takenRejects, from: 'batches', records: failedBatch.length }

describe('rejected records and a failed batch', () => {
  it('are told of by a dry run, which writes nothing', async () => {
    const before = await bucketKeys()
    expect(await redrive(['--dry-run'])).toEqual([takenRejects, refusedLine, takenBatches])
    expect(await redrive(['--dry-run', '--to', '2026-11-21'])).toEqual([])
    expect(await redrive(['rejects', '--dry-run', '--from', '2026-11-22T10:00'])).toEqual([
      takenRejects,
      refusedLine,
    ])
    expect(await bucketKeys()).toEqual(before)
    await expectRowsOf(applied, ['minute', 'month'])
    const { stdout } = await twofoldOk(['status', '--data', data])
    expect(stdout).toMatch(/^FAILED\nbatches\n +1$/m)
  })

  it('are put back and counted once, whatever of them was counted before', async () => {
    const { stdout, stderr } = await twofoldOk(['redrive', '--data', data])
    expect(stdout).toMatch(/^rejects +taken +- +- +40$/m)
    expect(stdout).toMatch(/^rejects +refused +not-json +- +1$/m)
    expect(stdout).toMatch(new RegExp(`^batches +taken +- +- +${failedBatch.length}$`, 'm'))
    expect(stderr).toMatch(/^\d+ hours folded, \d+ rows written\.\n$/)
    await expectRowsOf(lines)
    const { stdout: status } = await twofoldOk(['status', '--data', data])
    expect(status).toMatch(/^FAILED\nnone$/m)
    expect(status, 'no hour is left to fold').toMatch(/^hour +0\b/m)
  })

  it('change nothing when the command is repeated', async () => {
    const before = await bucketKeys()
    expect(await redrive([])).toEqual([refusedLine])
    expect(await bucketKeys()).toEqual(before)
    await expectRowsOf(lines, ['minute', 'month'])
  })

  it('that cannot be read are named, and left, and the exit code is 1', async () => {
    const key = 'aws/lambda/local/shardId-000000000000/2026/11/22/2026-11-22T10.30.00-x'
    await withBucket(data, (objects) => objects.put(key, Buffer.from('{}')))
    const { exitCode, stderr, stdout } = await twofold(['redrive', 'batches', '--data', data])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(`${key} has no payload`)
    expect(stderr).toMatch(/^twofold: 1 object could not be read, and stayed where they are$/m)
    expect(await bucketKeys()).toContain(key)
  })

  it('are not looked for where there is no data, nor by a range or kind that is none', async () => {
    const none = await twofold(['redrive', '--data', workspace.path('none')])
    expect([none.exitCode, none.stdout]).toEqual([1, ''])
    expect(none.stderr).toMatch(/^twofold: there is no data in .*\n$/)
    for (const args of [['records'], ['--dry-run', '--from', 'yesterday']]) {
      const wrong = await twofold(['redrive', ...args, '--data', data])
      expect([wrong.exitCode, wrong.stdout], args.join(' ')).toEqual([2, ''])
    }
  })
})

describe('while the pipeline runs', () => {
  it('a batch is put back into it, and its own rollup counts it', async () => {
    const busy = workspace.path('busy')
    const input = workspace.writeLines('few.ndjson', applied.slice(0, 5))
    await twofoldOk(['run', '--input', input, '--zone', zone, '--data', busy])
    await withBucket(busy, (objects) => keepFailedBatch(objects, failedBatch, arrivedMs))
    const running = new RunningCommand(['start', '--rate', '1', '--every', '1', '--data', busy])
    try {
      await running.printed(/\S/)
      const { stderr } = await twofoldOk(['redrive', '--data', busy])
      expect(stderr).toMatch(/^\d+ hours are marked as changed; the next rollup of `twofold start`/)
      const { purchases } = readPurchases([...applied.slice(0, 5), ...failedBatch], Date.now())
      const expected = asFinal(rowsOf(purchases, 'month', zone))
      const past = ['--to', '2025-12']
      await vi.waitFor(
        async () => {
          const rows = await exportRows(busy, 'month', past)
          expect(differencesOf(rows, expected)).toEqual(noDifferences)
        },
        { timeout: 200_000 },
      )
    } finally {
      running.killAll()
      await running.finished
    }
  })
})
