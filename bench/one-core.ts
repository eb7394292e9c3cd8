import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import type { CommandLine } from './timed-process.ts'

/** The last is the one that interrupts and other programs use the least, on the whole. */
export const coreToPin = String(availableParallelism() - 1)

/** The same on one core, so that it gains nothing by helpers on another. */
export const onOneCore = ({ file, args, ...rest }: CommandLine): CommandLine => ({
  ...rest,
  file: 'taskset',
  args: ['-c', coreToPin, file, ...args],
})

/** Keeps this process with all its threads on one core. */
export async function pinThisProcess(): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-c', '-p', coreToPin, String(process.pid)])
}
