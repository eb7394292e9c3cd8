export const grains = ['minute', 'hour', 'day', 'week', 'month'] as const

export type Grain = (typeof grains)[number]

/** The grains whose windows follow a local calendar, which are those of the rollups. */
export const calendarGrains = ['day', 'week', 'month'] as const

export type CalendarGrain = (typeof calendarGrains)[number]

/** A stretch of event time: epoch ms, `toMs` exclusive, and its name. */
export interface Window {
  readonly grain: Grain
  /** `2026-11-22T10:26`, `2026-11-22T10`, `2026-11-22`, `2026-W47` or `2026-11`. */
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Whether a window has not been over for `graceMs` yet, so that events of it may still be under way
 * in numbers. An hour is read from history once it is not open any more.
 */
export function isWindowOpen(
  { toMs }: Pick<Window, 'toMs'>,
  nowMs: number,
  graceMs: number,
): boolean {
  return nowMs < toMs + graceMs
}
