import { CommanderError } from 'commander'
import { escapeSteering } from '../lib/core/index.ts'
import { describeError } from '../lib/log/log.ts'
import { exitFailed, exitWrongUsage } from './exit-codes.ts'
import type { Told } from './told-errors.ts'

/** The command cannot be done as asked; the message says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** The command was asked for in a wrong way; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Tells a person in one line what went wrong, and returns the exit code. */
export async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitWrongUsage
  const { message, exitCode } = await told(error)
  process.stderr.write(`twofold: ${escapeSteering(message)}\n`)
  return exitCode
}

async function told(error: unknown): Promise<Told> {
  // What closing what was open came to is less than why it was closed.
  if (error instanceof SuppressedError) return told(error.suppressed)
  if (error instanceof Failure) return { message: error.message, exitCode: exitFailed }
  if (error instanceof UsageError) return { message: error.message, exitCode: exitWrongUsage }
  // Errors of all that a command may stand on, which most commands need not load.
  const { toldError } = await import('./told-errors.ts')
  return toldError(error) ?? { message: toldUnforeseen(error), exitCode: exitFailed }
}

function toldUnforeseen(error: unknown): string {
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
