import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeededRandom } from '../data/seeded-random.ts'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { allGrains, asFinal, differencesOf, type ExportedRow, exportRows } from './exported-rows.ts'
import { aimedPhases, phaseOf, type RunPhase, untilPhase } from './run-phase.ts'
import { RunningCommand, twofoldOk } from './twofold-command.ts'
import type { Workspace } from './workspace.ts'

export interface CampaignOptions {
  readonly workspace: Workspace
  /** Kills that must land, each in the middle of a run. */
  readonly kills: number
  /** The moments follow from it, as far as the machine is as fast as it was. */
  readonly seed: number
  /** Purchases in the file. */
  readonly purchases: number
  readonly onKill?: (kill: Kill) => void
}

export interface Kill {
  readonly number: number
  readonly folder: number
  /** From the start of the run. */
  readonly afterMs: number
  readonly phase: RunPhase
}

export interface CampaignResult {
  readonly kills: readonly Kill[]
  /** Data folders on which a run came to its end at last, and was compared. */
  readonly folders: number
  /** What is wrong, in words; none if all is well. */
  readonly problems: readonly string[]
}

const zone = 'Europe/London'

/** A folder is killed at most this often; every run sends the file again, so they grow longer. */
const maxKillsOfFolder = 6

/** Moments reach beyond the end of an undisturbed run, since the others take longer than it. */
const stretch = 1.25

/** A moment that begins at a phase lies within this share of an undisturbed run's time. */
const phaseShare = 0.25

/** Longer than any run takes, also with the backlog of those that were killed before it. */
const runTimeoutMs = 300_000

const childrenGoWithinMs = 10_000

/**
 * Kills a real `run` at random moments, again and again on one data folder, then lets it finish and
 * compares its rows with those of an undisturbed run and with the oracle; and on with a new folder,
 * until enough kills have landed.
 */
export async function killAgainAndAgain(options: CampaignOptions): Promise<CampaignResult> {
  const { workspace, seed } = options
  const lines = smallInput({ seed: 4, count: options.purchases })
  const input = workspace.writeLines('purchases.ndjson', lines)
  const { purchases } = readPurchases(lines, Date.now())
  const run = (data: string) => ['run', '--input', input, '--zone', zone, '--data', data]

  const whole = workspace.path('whole')
  const undisturbed = await twofoldOk(run(whole), { timeoutMs: runTimeoutMs })
  const campaign: Campaign = {
    ...options,
    input,
    run,
    random: new SeededRandom(seed),
    wholeRows: await allRows(whole),
    oracleRows: allGrains.flatMap((grain) => asFinal(rowsOf(purchases, grain, zone))),
    wholeMs: undisturbed.tookMs,
    started: [],
    landed: [],
    problems: [],
  }
  campaign.problems.push(...compare('the undisturbed run', campaign.wholeRows, campaign.oracleRows))
  let folders = 0
  while (campaign.landed.length < options.kills && campaign.problems.length === 0) {
    await killFolder(campaign, ++folders)
  }
  return { kills: campaign.landed, folders, problems: campaign.problems }
}

interface Campaign extends CampaignOptions {
  readonly input: string
  readonly run: (data: string) => string[]
  readonly random: SeededRandom
  readonly wholeRows: readonly ExportedRow[]
  readonly oracleRows: readonly ExportedRow[]
  /** How long a run takes on a new folder. */
  readonly wholeMs: number
  /** Runs whose processes were not yet looked after. */
  readonly started: RunningCommand[]
  readonly landed: Kill[]
  readonly problems: string[]
}

/** Kills runs on one new folder until one ends before its moment, or it was killed enough. */
async function killFolder(campaign: Campaign, folder: number): Promise<void> {
  const { workspace, landed, kills, problems } = campaign
  const data = workspace.path(`killed-${folder}`)
  let ofFolder = 0
  let finished = false
  while (landed.length < kills && ofFolder < maxKillsOfFolder && !finished) {
    const hit = await runAndKill(campaign, data, drawMoment(campaign))
    finished = hit === undefined
    if (hit === undefined) continue
    ofFolder++
    const kill = { number: landed.length + 1, folder, ...hit }
    landed.push(kill)
    campaign.onKill?.(kill)
  }
  if (!finished) await twofoldOk(campaign.run(data), { timeoutMs: runTimeoutMs })
  await checkNoneIsLeft(campaign)
  const rows = await allRows(data)
  problems.push(
    ...compare(`folder ${folder}, against the undisturbed run`, rows, campaign.wholeRows),
    ...compare(`folder ${folder}, against the oracle`, rows, campaign.oracleRows),
  )
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
}

/** When a run is to be killed: so long after it began, or after it came to a phase. */
interface Moment {
  readonly from: (typeof aimedPhases)[number] | undefined
  readonly delayMs: number
}

/**
 * Half of the moments are drawn from the time that a run takes. Most of it goes into applying, the
 * more so as runs that were killed leave some over; so the other half begins at a phase.
 */
function drawMoment({ random, wholeMs }: Campaign): Moment {
  const from = random.next() < 0.5 ? undefined : random.pick(aimedPhases)
  const withinMs = from === undefined ? wholeMs * stretch : wholeMs * phaseShare
  return { from, delayMs: Math.round(random.next() * withinMs) }
}

/**
 * Runs the command and kills its process at that moment. Tells what it was at; undefined where it had
 * ended by then. Each comes at once upon the kill before: the folder must be free again by itself.
 */
async function runAndKill(
  { run, input, started, problems }: Campaign,
  data: string,
  { from, delayMs }: Moment,
): Promise<Pick<Kill, 'afterMs' | 'phase'> | undefined> {
  const startedMs = performance.now()
  const running = new RunningCommand(run(data))
  started.push(running)
  const ended = new AbortController()
  const kill = async () => {
    if (from !== undefined) await untilPhase(running.pid, input, from, ended.signal)
    await sleep(delayMs, undefined, { signal: ended.signal })
    const phase = phaseOf(running.pid, input)
    running.kill()
    return { phase, afterMs: Math.round(performance.now() - startedMs) }
  }
  // A run that ended by itself ends the waiting for its moment.
  const killed = kill().catch(() => undefined)
  const { exitCode, signal, stderr } = await running.finished
  ended.abort()
  const hit = await killed
  if (signal === 'SIGKILL') return hit
  if (exitCode !== 0) problems.push(`a run ended with ${exitCode ?? signal}: ${stderr}`)
  return undefined
}

async function checkNoneIsLeft({ started, problems }: Campaign): Promise<void> {
  for (const running of started.splice(0)) {
    if (await running.allGone(childrenGoWithinMs)) continue
    problems.push('a killed run left processes behind')
    running.killAll()
  }
}

async function allRows(data: string): Promise<ExportedRow[]> {
  const rows: ExportedRow[] = []
  for (const grain of allGrains) rows.push(...(await exportRows(data, grain)))
  return rows
}

function compare(
  what: string,
  rows: readonly ExportedRow[],
  expected: readonly ExportedRow[],
): string[] {
  const { missing, unexpected, ...examples } = differencesOf(rows, expected)
  if (missing + unexpected === 0) return []
  return [`${what}: ${missing} rows missing, ${unexpected} unexpected: ${JSON.stringify(examples)}`]
}
