import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const projectRoot = resolve(import.meta.dirname, '../..')
const node = join(projectRoot, 'node_modules/.bin/node')
const command = join(projectRoot, 'cli/twofold.ts')

/** How a command ended. */
export interface Finished {
  /** Null where a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

/** A command as a user starts it, in a process group of its own. */
export class RunningCommand {
  readonly finished: Promise<Finished>
  readonly #child: ChildProcess

  constructor(args: readonly string[], extraEnv: Readonly<Record<string, string>> = {}) {
    const startedMs = performance.now()
    // Only this much of the environment: no AWS settings of the user may leak into a test.
    const { PATH, HOME, TMPDIR } = process.env
    const env = Object.fromEntries(
      Object.entries({ PATH, HOME, TMPDIR, NO_COLOR: '1', ...extraEnv }).filter(
        ([, value]) => value !== undefined,
      ),
    )
    const child = spawn(node, [command, ...args], {
      cwd: projectRoot,
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    this.finished = new Promise((fulfil, reject) => {
      child.once('error', reject)
      // Not `close`: a child of a killed command may hold the pipes a moment longer.
      child.once('exit', (exitCode, signal) => {
        const tookMs = performance.now() - startedMs
        const finish = () =>
          fulfil({ exitCode, signal, stdout: textOf(stdout), stderr: textOf(stderr), tookMs })
        if (signal === null) child.once('close', finish)
        else finish()
      })
    })
  }

  /** Resolves once the command has printed something that matches; rejects if it ends before. */
  async printed(pattern: RegExp): Promise<void> {
    const seen = new Promise<void>((fulfil) => {
      let text = ''
      this.#child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (pattern.test(text)) fulfil()
      })
    })
    const ended = this.finished.then(({ stdout, stderr }) => {
      if (!pattern.test(stdout)) throw new Error(`It ended without ${pattern}: ${stderr}`)
    })
    await Promise.race([seen, ended])
  }

  /** Ctrl-C: the signal goes to the command and to all that it started. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT')
  }

  /** Kills the command's own process and no other, as `kill -9` with its id does. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Kills the command and all that it started: for the end of a test. */
  killAll(): void {
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  /** Whether any process that the command started, or itself, still runs. */
  anyAlive(): boolean {
    if (process.platform === 'linux') return groupMembers(this.pid) > 0
    try {
      return process.kill(-this.pid, 0)
    } catch {
      return false
    }
  }

  /** Whether all of them are gone within so long. */
  async allGone(withinMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + withinMs
    while (this.anyAlive()) {
      if (performance.now() > deadlineMs) return false
      await sleep(50)
    }
    return true
  }

  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error('The command could not be started')
    return pid
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

/** Processes of a group that run. An ended one that nobody waited for is none of them. */
function groupMembers(group: number): number {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(processGroup) === group && state !== 'Z' && state !== 'X'
    } catch {
      // The process ended between the listing and the reading.
      return false
    }
  }).length
}

export interface CommandOptions {
  readonly timeoutMs?: number
  /** On top of the little that a command gets of ours. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `twofold` with these arguments to its end; one that takes too long is killed. */
export async function twofold(
  args: readonly string[],
  { timeoutMs = 240_000, env }: CommandOptions = {},
): Promise<Finished> {
  const running = new RunningCommand(args, env)
  const timer = setTimeout(() => running.killAll(), timeoutMs)
  try {
    return await running.finished
  } finally {
    clearTimeout(timer)
  }
}

/** The same, for a command that must succeed; what it wrote to stderr is in the error if not. */
export async function twofoldOk(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  const finished = await twofold(args, options)
  if (finished.exitCode !== 0) {
    const { exitCode, signal, tookMs, stderr, stdout } = finished
    throw new Error(
      `twofold ${args.join(' ')} ended with ${exitCode ?? signal} after ${Math.round(tookMs)} ms:\n` +
        `${stderr}\n${stdout.slice(-2_000)}`,
    )
  }
  return finished
}

/** The arguments that name one product's key. */
export function keyArguments(productId: string, currency: string): string[] {
  return [`--key=${productId}`, `--key-currency=${currency}`]
}
