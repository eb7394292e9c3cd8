import { hourMs as hourLengthMs, hourStart } from '../core/index.ts'

/** A stretch of arrival, epoch ms, `toMs` exclusive. */
export interface Arrival {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Whether an object whose first record arrived at that instant is asked for: what came in is found by
 * whole UTC hours. Everything is, where nothing is said.
 */
export function arrivedWithin(arrived: Arrival | undefined, arrivedMs: number): boolean {
  if (arrived === undefined) return true
  const hour = hourStart(arrivedMs)
  return hour < arrived.toMs && arrived.fromMs < hour + hourLengthMs
}
