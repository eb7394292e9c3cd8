/* The window of an instant, as a number: its minute, or what is told outside. */

import { plan } from './plan'

const minuteMs: i64 = 60000
const hourMs: i64 = 3600000

/** What no window has. */
export const noWindow: u32 = 0xffffffff

/** The number of the window that an instant is in, whose bounds are then put into `bounds`. */
// @ts-ignore: decorator
@external('env', 'windowAt')
declare function windowAt(ms: f64): u32

/** Where a window begins and ends (epoch ms, f64). */
export const bounds = memory.data(16, 8)

let fromMs: i64 = 0
let toMs: i64 = 0
let window: u32 = 0

// Hours that lie in one window: the hour (i64), and the window's number.
const cachedHours: u64 = 1024
const hours = memory.data(16384, 8)
const hourBytes: usize = 16

export function resetWindows(): void {
  fromMs = 0
  toMs = 0
  memory.fill(hours, 0xff, hourBytes * <usize>cachedHours)
}

// @ts-ignore: decorator
@inline
export function floorTo(ms: i64, unitMs: i64): i64 {
  const rest = ms % unitMs
  return rest < 0 ? ms - rest - unitMs : ms - rest
}

/** `noWindow` where it has no number. */
// @ts-ignore: decorator
@inline
export function windowOf(ms: i64): u32 {
  return ms >= fromMs && ms < toMs ? window : otherWindow(ms)
}

function otherWindow(ms: i64): u32 {
  if (plan.asksForWindows) return askedWindow(ms)
  const start = floorTo(ms, minuteMs)
  const number = start / minuteMs - plan.firstMinute
  if (number < 0 || number >= <i64>noWindow) return noWindow
  fromMs = start
  toMs = start + minuteMs
  window = <u32>number
  return window
}

function askedWindow(ms: i64): u32 {
  const start = floorTo(ms, hourMs)
  const hour = start / hourMs
  const cached = hours + (<usize>(<u64>hour % cachedHours)) * hourBytes
  if (load<i64>(cached) == hour) return load<u32>(cached, 8)
  window = windowAt(<f64>ms)
  fromMs = <i64>load<f64>(bounds)
  toMs = <i64>load<f64>(bounds, 8)
  if (fromMs <= start && start + hourMs <= toMs) {
    store<i64>(cached, hour)
    store<u32>(cached, window, 8)
  }
  return window
}
