/**
 * Kills a real `run` with SIGKILL at random moments and compares its rows in the end:
 * `npm run kills -- --kills 50 [--seed N] [--purchases N]`
 */
import { Command } from 'commander'
import { counted } from '../../cli/counted.ts'
import { exitFailed } from '../../cli/exit-codes.ts'
import { runNpmScript } from '../../cli/npm-script.ts'
import { seedOption } from '../../cli/seed-option.ts'
import { wholeNumber } from '../../cli/whole-number.ts'
import { type CampaignResult, killAgainAndAgain } from './kill-campaign.ts'
import { runPhases } from './run-phase.ts'
import { Workspace } from './workspace.ts'

interface Chosen {
  readonly kills: number
  readonly seed: number
  readonly purchases: number
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
    if (count > 0) process.stdout.write(`${counted(count, 'kill')} while ${phase}\n`)
  }
  if (problems.length === 0) {
    process.stdout.write(
      `${counted(kills.length, 'kill')} of runs on ${counted(folders, 'data folder')}: all rows ` +
        `equal those of an undisturbed run and the oracle's (seed ${seed})\n`,
    )
    return
  }
  const story = [`seed ${seed}: ${counted(problems.length, 'problem')}`, ...problems].join('\n')
  process.stderr.write(`${story}\n`)
  process.exitCode = exitFailed
}

const command = new Command('kills')
  .description('Kills a real run again and again, and compares its rows in the end.')
  .option('--kills <n>', 'kills that must land', wholeNumber(1), 50)
  .addOption(seedOption('repeats the same moments', Date.now()))
  .option('--purchases <n>', 'purchases in the file', wholeNumber(1), 3_000)
  .action(main)

await runNpmScript(command)
