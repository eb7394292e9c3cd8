import { CommanderError } from 'commander'
import { escapeSteering, UnknownTimeZone } from '../lib/core/index.ts'
import { describeError } from '../lib/log/log.ts'
import { BadQuery } from '../lib/query/reader.ts'
import { UnreadableRow } from '../lib/rows/unreadable-row.ts'
import { UnexpectedContent } from '../lib/store/unexpected-content.ts'
import { DataMismatch } from '../local/check-stored-settings.ts'
import { DataFolderInUse, DataFolderUnusable } from '../local/data-folder.ts'
import { exitFailed, exitWrongUsage } from './exit-codes.ts'

/** The command cannot be done as asked; the message says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** The command was asked for in a wrong way; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Tells a person in one line what went wrong, and returns the exit code. */
export function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitWrongUsage
  process.stderr.write(`twofold: ${escapeSteering(messageOf(error))}\n`)
  const wrongUsage = [UsageError, BadQuery, UnknownTimeZone].some((kind) => error instanceof kind)
  return wrongUsage ? exitWrongUsage : exitFailed
}

const plain = [
  Failure,
  UsageError,
  BadQuery,
  UnknownTimeZone,
  DataFolderInUse,
  DataFolderUnusable,
  DataMismatch,
  UnexpectedContent,
]

function messageOf(error: unknown): string {
  if (error instanceof UnreadableRow) return error.told
  if (error instanceof Error && plain.some((kind) => error instanceof kind)) return error.message
  const described = describeError(error).replace(/^Error: /, '')
  const endpoints = isUnreachable(error) ? endpointVariables() : []
  return endpoints.length === 0
    ? described
    : `nothing answers at ${endpoints.join(' or ')}: ${described}`
}

const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT']

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', cause } = error as NodeJS.ErrnoException
  return unreachable.includes(code) || isUnreachable(cause)
}

/** Where servers of somebody else's are said to be. */
function endpointVariables(): string[] {
  const set = Object.entries(process.env).filter(([name, value]) => {
    return name.startsWith('AWS_ENDPOINT_URL') && value !== ''
  })
  return set.map(([name, value]) => `${name} (${value})`)
}
