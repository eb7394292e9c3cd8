import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'

/** A program with its arguments. */
export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
  /** Where its standard output goes. Default nowhere. */
  readonly outputFile?: string
}

/** What a whole process took, its start included. */
export interface ProcessCost {
  readonly seconds: number
  /** The most memory that it held; undefined where the system does not tell. */
  readonly peakBytes: number | undefined
}

/** A measured process ended with an error; the message has what it printed. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'
}

/** Short, since what a process takes in its last moments is not seen. */
const lookEveryMs = 10

/** Runs it to its end. Throws ProcessFailed. */
export async function timeProcess(command: CommandLine): Promise<ProcessCost> {
  await using output = await open(command.outputFile ?? '/dev/null', 'w')
  const startedAt = performance.now()
  const child = spawn(command.file, command.args, { stdio: ['ignore', output.fd, 'pipe'] })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  let peakBytes: number | undefined
  const look = () => {
    peakBytes = peakOf(child.pid) ?? peakBytes
  }
  const looking = setInterval(look, lookEveryMs)
  let endedAt = startedAt
  child.once('exit', () => {
    endedAt = performance.now()
  })
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject).once('close', resolve)
    })
    if (code !== 0) {
      throw new ProcessFailed(`${command.file} ${command.args[0]} ended with ${code}: ${errors}`)
    }
  } finally {
    clearInterval(looking)
  }
  return { seconds: (endedAt - startedAt) / 1000, peakBytes }
}

/** Linux keeps the most that a process held for as long as it lives. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
