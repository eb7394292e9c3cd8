import { readFile } from 'node:fs/promises'

/** Linux tells of processes in hundredths of a second, on every machine. */
const ticksPerSecond = 100

/** Processor seconds that another process took until now; undefined where the system does not tell. */
export async function processorSecondsOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // The name, in parentheses, may hold spaces. User and system time are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
