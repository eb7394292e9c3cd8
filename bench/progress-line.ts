import { createLogUpdate } from 'log-update'

/** What is being done, on a terminal; elsewhere nothing. */
export function createProgressLine() {
  const update = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined
  return {
    show: (text: string) => update?.(text),
    clear: () => update?.clear(),
  }
}
