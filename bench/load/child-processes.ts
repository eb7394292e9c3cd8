import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A child process of ours, and this process itself. */
export interface WatchedProcess {
  readonly pid: number
  /** `main`, a server's name, or a function's. */
  readonly role: string
  readonly isFunction: boolean
  readonly residentBytes: number
}

interface ProcessLine {
  readonly pid: number
  readonly parent: number
  readonly residentBytes: number
  readonly command: string
}

/** This process and its children, with the memory that each holds. */
export async function watchedProcesses(): Promise<WatchedProcess[]> {
  const children = process.platform === 'linux' ? await childrenFromProc() : await childrenFromPs()
  const ours = { pid: process.pid, role: 'main', isFunction: false }
  return [
    { ...ours, residentBytes: process.memoryUsage.rss() },
    ...children.flatMap((line) => describe(line) ?? []),
  ]
}

function describe({ pid, residentBytes, command }: ProcessLine): WatchedProcess | undefined {
  const [, host, argument = ''] = /(server-host|lambda-host)\.ts (\S+)/.exec(command) ?? []
  if (host === undefined) return undefined
  const name = /stream-aggregate|batch-rollup/.exec(argument)?.[0]
  const isFunction = host === 'lambda-host'
  return { pid, role: isFunction ? (name ?? argument) : argument, isFunction, residentBytes }
}

async function childrenFromProc(): Promise<ProcessLine[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(names.map((name) => lineFromProc(Number(name))))
  return lines.filter((line) => line !== undefined)
}

async function lineFromProc(pid: number): Promise<ProcessLine | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
    if (parent !== process.pid) return undefined
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    return { pid, parent, residentBytes: kilobytes * 1024, command }
  } catch {
    // It ended between the listing and the reading.
    return undefined
  }
}

async function childrenFromPs(): Promise<ProcessLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,command='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    if (Number(parent) !== process.pid) return []
    const residentBytes = Number(kilobytes) * 1024
    return [{ pid: Number(pid), parent: Number(parent), residentBytes, command }]
  })
}
