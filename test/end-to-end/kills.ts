/**
 * Kills a real `run` with SIGKILL at random moments and compares its rows in the end:
 * `npm run kills -- --kills 50 [--seed N] [--purchases N]`
 */
import { Command, InvalidArgumentError } from 'commander'
import { type CampaignResult, killAgainAndAgain } from './kill-campaign.ts'
import { runPhases } from './run-phase.ts'
import { Workspace } from './workspace.ts'

interface Chosen {
  readonly kills: number
  readonly seed: number
  readonly purchases: number
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

async function main({ kills, seed, purchases }: Chosen): Promise<void> {
  const workspace = new Workspace()
  try {
    const result = await killAgainAndAgain({
      workspace,
      kills,
      seed,
      purchases,
      onKill: ({ number, folder, afterMs, phase }) =>
        process.stderr.write(
          `kill ${number} of ${kills}: folder ${folder}, after ${afterMs} ms, ${phase}\n`,
        ),
    })
    tell(result, seed)
  } catch (error) {
    throw new Error(`seed ${seed} came to an error`, { cause: error })
  } finally {
    workspace.remove()
  }
}

function tell({ kills, folders, problems }: CampaignResult, seed: number): void {
  for (const phase of runPhases) {
    const count = kills.filter((kill) => kill.phase === phase).length
    if (count > 0) process.stdout.write(`${count} kills while ${phase}\n`)
  }
  if (problems.length === 0) {
    process.stdout.write(
      `${kills.length} kills of runs on ${folders} data folders: all rows equal those of an ` +
        `undisturbed run and the oracle's (seed ${seed})\n`,
    )
    return
  }
  const story = [`seed ${seed}: ${problems.length} problems`, ...problems].join('\n')
  process.stderr.write(`${story}\n`)
  process.exitCode = 1
}

await new Command('kills')
  .description('Kills a real run again and again, and compares its rows in the end.')
  .option('--kills <n>', 'kills that must land', wholeNumber, 50)
  .option('--seed <n>', 'repeats the same moments', wholeNumber, Date.now() % 1_000_000)
  .option('--purchases <n>', 'purchases in the file', wholeNumber, 3_000)
  .action(main)
  .parseAsync()
