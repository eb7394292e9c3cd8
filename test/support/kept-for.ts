import { minuteMs as minuteLengthMs } from '../../lib/core/index.ts'
import type { MinuteRowsOptions } from '../../lib/rows/minute-rows.ts'

/** The same retention for minutes of all times, which a deployment may change. */
export function keptFor(retentionMs: number): Pick<MinuteRowsOptions, 'expiryMs'> {
  return { expiryMs: (minuteMs) => minuteMs + minuteLengthMs + retentionMs }
}
