import { parseUtcName } from '../core/index.ts'

/** Epoch ms of an hour that an item of the ledger names. Throws where there is none of that name. */
export function ledgerHour(name: string): number {
  const hourMs = parseUtcName('hour', name)
  if (hourMs === undefined) throw new Error(`The ledger names an hour that is none: ${name}`)
  return hourMs
}
