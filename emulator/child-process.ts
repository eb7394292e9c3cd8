import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export type ChildExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export type Child = {
  readonly pid: number
  /** Sends a message. A child that is gone takes none, and `exited` tells so. */
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
  /** Resolves once the process is gone and its last line of output was handed over. */
  readonly exited: Promise<ChildExit>
  /** Closes the channel, upon which our children end themselves. */
  disconnect(): void
  kill(): void
}

export type ChildOptions = {
  /** A TypeScript file that calls `quitWithParent` first. */
  readonly script: URL
  readonly args?: readonly string[]
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>
  /** Bounds the heap of the child; without it V8 decides by the memory of the machine. */
  readonly maxHeapMb?: number
  /** Takes each line that the child prints, on either output. */
  readonly onLine: (line: string) => void
}

/** Starts a TypeScript file as a child process with a channel for messages. */
export function forkChild(options: ChildOptions): Child {
  const forked = fork(fileURLToPath(options.script), options.args ?? [], {
    env: options.env,
    // Flags of this process, of a test runner or a debugger, are not for its children.
    execArgv: options.maxHeapMb === undefined ? [] : [`--max-old-space-size=${options.maxHeapMb}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const output of [forked.stdout, forked.stderr]) onEachLine(output, options.onLine)
  const exited = new Promise<ChildExit>((resolve, reject) => {
    forked.once('error', reject)
    forked.once('close', (code, signal) => resolve({ code, signal }))
  })
  // Whoever needs the exit awaits it; nobody awaiting must not end this process.
  exited.catch(() => {})
  return {
    pid: forked.pid ?? -1,
    send: (message) => {
      if (forked.connected) forked.send(message, () => {})
    },
    onMessage: (listener) => forked.on('message', listener),
    exited,
    disconnect: () => {
      if (forked.connected) forked.disconnect()
    },
    kill: () => forked.kill('SIGKILL'),
  }
}

/** What a child needs of our environment to run at all. */
export function baseEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'PATH' || name === 'HOME' || name.startsWith('NODE_'),
  )
  return Object.fromEntries(
    kept.filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit(exit: ChildExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`
}

function onEachLine(output: Readable | null, onLine: (line: string) => void): void {
  if (output !== null) createInterface({ input: output }).on('line', onLine)
}
