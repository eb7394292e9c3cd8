import { isWindowOpen, type Window } from './window.ts'

export const minuteMs = 60_000
export const hourMs = 3_600_000
/** A day of UTC; one of a calendar zone may be shorter or longer. */
export const dayMs = 86_400_000

/** Start of the minute (UTC) that an instant is in, in epoch ms. */
export function minuteStart(instantMs: number): number {
  return Math.floor(instantMs / minuteMs) * minuteMs
}

/** Start of the hour (UTC) that an instant is in, in epoch ms. */
export function hourStart(instantMs: number): number {
  return Math.floor(instantMs / hourMs) * hourMs
}

/** Whether an hour (UTC) that begins then is open; see `isWindowOpen`. */
export function isHourOpen(hourStartMs: number, nowMs: number, graceMs: number): boolean {
  return isWindowOpen(hourWindow(hourStartMs), nowMs, graceMs)
}

/** `2026-11-22T10:26`, of the minute that an instant is in. */
export function minuteName(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 16)
}

/** `2026-11-22T10`, of the hour that an instant is in. */
export function hourName(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 13)
}

export function minuteWindow(instantMs: number): Window {
  const fromMs = minuteStart(instantMs)
  return { grain: 'minute', name: minuteName(fromMs), fromMs, toMs: fromMs + minuteMs }
}

export function hourWindow(instantMs: number): Window {
  const fromMs = hourStart(instantMs)
  return { grain: 'hour', name: hourName(fromMs), fromMs, toMs: fromMs + hourMs }
}

/** Epoch ms of a minute's or an hour's name; undefined where no such one exists. */
export function parseUtcName(grain: 'minute' | 'hour', name: string): number | undefined {
  const full = grain === 'hour' ? `${name}:00` : name
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(full)) return undefined
  const ms = Date.parse(`${full}:00.000Z`)
  return Number.isNaN(ms) || minuteName(ms) !== full ? undefined : ms
}
