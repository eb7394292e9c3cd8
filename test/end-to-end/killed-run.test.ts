import { afterAll, describe, expect, it, vi } from 'vitest'
import { SeededRandom } from '../data/seeded-random.ts'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { allGrains, asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { RunningCommand, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const kills = 4
const zone = 'Europe/London'
const givenSeed = process.env.KILL_SEED
const seed = givenSeed === undefined ? Date.now() % 1_000_000 : Number(givenSeed)

const workspace = new Workspace()
const started: RunningCommand[] = []
afterAll(() => {
  for (const running of started) running.killAll()
  workspace.remove()
})

/** Runs the command and kills its process after so long, unless it has ended by then. */
async function runAndKill(args: readonly string[], afterMs: number) {
  const running = new RunningCommand(args)
  started.push(running)
  const timer = setTimeout(() => running.kill(), afterMs)
  try {
    return await running.finished
  } finally {
    clearTimeout(timer)
  }
}

describe('a run that is killed again and again', () => {
  it(`gives the same rows in the end (KILL_SEED=${seed} repeats this)`, {
    timeout: 120_000,
  }, async () => {
    const lines = smallInput({ seed: 4, count: 1_000 })
    const input = workspace.writeLines('purchases.ndjson', lines)
    const run = (data: string) => ['run', '--input', input, '--zone', zone, '--data', data]

    const { tookMs } = await twofoldOk(run(workspace.path('whole')))
    const data = workspace.path('killed')
    const random = new SeededRandom(seed)
    const moments = Array.from({ length: kills }, () => Math.round(random.next() * tookMs))
    const ends: (string | null)[] = []
    // Each comes at once upon the kill before: the folder must be free again by itself.
    for (const afterMs of moments) {
      const { exitCode, signal, stderr } = await runAndKill(run(data), afterMs)
      ends.push(signal)
      const story = `KILL_SEED=${seed}, killed after ${moments.join(', ')} ms: ${stderr}`
      expect(signal === 'SIGKILL' || exitCode === 0, story).toBe(true)
    }
    await twofoldOk(run(data))

    const { purchases } = readPurchases(lines, Date.now())
    for (const grain of allGrains) {
      const rows = await exportRows(data, grain)
      const expected = asFinal(rowsOf(purchases, grain, zone))
      const story = `${grain}, KILL_SEED=${seed}, killed after ${moments.join(', ')} ms`
      expect(differencesOf(rows, expected), story).toEqual(noDifferences)
    }
    expect(ends, `KILL_SEED=${seed}: no run was cut at all`).toContain('SIGKILL')
    await vi.waitUntil(() => started.every((running) => !running.anyAlive()), { timeout: 10_000 })
  })
})
