import { EngineIsFull, UnknownTimeZone } from '../lib/core/index.ts'
import { BadEnvironment } from '../lib/deployment/environment.ts'
import { StackUnusable } from '../lib/deployment/open-stack.ts'
import { BadQuery } from '../lib/query/bad-query.ts'
import { UnreadableRow } from '../lib/rows/unreadable-row.ts'
import { UnexpectedContent } from '../lib/store/unexpected-content.ts'
import { DataMismatch } from '../local/check-stored-settings.ts'
import { DataFolderInUse, DataFolderUnusable, type UnusableReason } from '../local/data-folder.ts'
import { OwnerNotReady } from '../local/open-folder.ts'
import { RollupUndone } from '../local/roll-up-all.ts'
import { NoData, nameOf, type Source } from '../local/source.ts'
import { exitFailed, exitWrongUsage } from './exit-codes.ts'

/** An error of the library, as a person is told of it. */
export interface Told {
  readonly message: string
  readonly exitCode: number
}

const failed = (message: string): Told => ({ message, exitCode: exitFailed })
const wrongUsage = (message: string): Told => ({ message, exitCode: exitWrongUsage })

/**
 * The library says what is the matter, and this what to do about it: which option to give, which file
 * to change, which command to run. Undefined for an error that is none of those that can be foreseen.
 */
export function toldError(error: unknown): Told | undefined {
  if (error instanceof BadQuery) return wrongUsage(toldQuery(error))
  if (error instanceof UnknownTimeZone) return wrongUsage(error.message)
  if (error instanceof BadEnvironment) return wrongUsage(error.message)
  if (error instanceof UnreadableRow) return failed(error.told)
  if (error instanceof DataMismatch) return failed(toldMismatch(error))
  if (error instanceof DataFolderInUse) {
    return failed(`${error.message}; stop that first, or ${anotherFolder}`)
  }
  if (error instanceof DataFolderUnusable) {
    return failed(`${error.message}; ${remedies[error.reason]}`)
  }
  if (error instanceof EngineIsFull) {
    return failed(`${error.message}; fold fewer files at once, or by a coarser --grain`)
  }
  if (error instanceof NoData) return failed(`${error.message}; ${howToMakeData}`)
  if (error instanceof RollupUndone) return failed(toldUndone(error))
  const asItIs = [OwnerNotReady, StackUnusable, UnexpectedContent]
  return asItIs.some((kind) => error instanceof kind) ? failed((error as Error).message) : undefined
}

function toldQuery({ message, problem }: BadQuery): string {
  switch (problem.code) {
    case 'minutes-without-beginning':
      return `${message}: --from, with a day, an hour or a minute`
    case 'too-many-minutes':
      return `${message}: give a --to`
    case 'no-leaders':
      return `${problem.aggregation} has no rankBy in pipeline.config.ts, so no leaders`
    default:
      return message
  }
}

const anotherFolder = 'choose another folder with --data'

const remedies: Readonly<Record<UnusableReason, string>> = {
  'not a folder': 'choose a folder with --data',
  'not writable': 'choose one that you may write to with --data',
  'not makeable': 'choose another place with --data',
  'unreadable format': anotherFolder,
  'newer format': `use that version, or ${anotherFolder}`,
}

const howToMakeData =
  'make some with `twofold run --input FILE` or `twofold start`, or send events to a deployed stream'

function toldMismatch({ message, source, mismatch }: DataMismatch): string {
  const otherwise = helpsWithOtherRows(source)
  if (mismatch.in === 'time zone') return `${message}; leave out --zone, or ${otherwise}`
  const { differences } = mismatch
  return (
    `${nameOf(source)} holds rows of another definition than pipeline.config.ts has now` +
    `${differences.length > 0 ? ` (${differences.join('; ')})` : ''}; ${otherwise}`
  )
}

/** No other folder helps where a stack's rows are of another definition. */
const helpsWithOtherRows = (source: Source) =>
  'stack' in source ? 'use the definition that it was deployed with' : anotherFolder

function toldUndone({ message, backlogUnits }: RollupUndone): string {
  return backlogUnits === undefined ? message : `${message}; see functions.log`
}
