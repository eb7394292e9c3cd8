import { processStart } from '../../local/process-identity.ts'

/** Whether any of the processes still runs; a zombie that nobody has collected does not. */
export async function anyRuns(pids: readonly number[]): Promise<boolean> {
  const starts = await Promise.all(pids.map(processStart))
  return starts.some((start) => start !== undefined)
}
