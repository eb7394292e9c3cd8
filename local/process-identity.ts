import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Names one life of a process: a text that another process with the same id, started later, does
 * not have. `undefined` when no such process runs (a zombie does not run).
 */
export async function processStart(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid)
}

async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The command name stands in brackets and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const state = fields[0] ?? ''
    const startTicks = fields[19]
    if (startTicks === undefined) throw new Error(`/proc/${pid}/stat has an unknown form: ${stat}`)
    return 'ZX'.includes(state) ? undefined : `${bootId.trim()}/${startTicks}`
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ESRCH'
}

/** The same from `ps`, for systems without `/proc`. */
export async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    })
    const [state = '', ...started] = stdout.trim().split(/\s+/)
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ')
  } catch (error) {
    // With no such process, ps ends with code 1 and says nothing.
    if ((error as { code?: unknown }).code === 1) return undefined
    throw new Error(`cannot ask ps whether process ${pid} runs`, { cause: error })
  }
}
