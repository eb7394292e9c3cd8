import { afterAll, describe, expect, it } from 'vitest'
import { killAgainAndAgain } from './kill-campaign.ts'
import { Workspace } from './workspace.ts'

const kills = Number(process.env.KILLS ?? 4)
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)

const workspace = new Workspace()
afterAll(() => workspace.remove())

describe('a run that is killed again and again', () => {
  it(`gives the same rows in the end (KILL_SEED=${seed} repeats this)`, {
    timeout: 300_000 + kills * 60_000,
  }, async () => {
    const result = await killAgainAndAgain({ workspace, kills, seed, purchases: 500 })
    expect(result.problems, `KILL_SEED=${seed}`).toEqual([])
    expect(result.kills).toHaveLength(kills)
  })
})
