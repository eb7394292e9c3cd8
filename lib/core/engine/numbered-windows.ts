import type { WindowFoldOptions } from '../window-fold.ts'
import { minuteMs, type Window } from '../windows/index.ts'
import { minuteWindow } from '../windows/utc.ts'

/** Windows of one grain by the numbers that an engine knows them by. */
export class NumberedWindows {
  readonly #options: Pick<WindowFoldOptions, 'grain' | 'calendar'>
  readonly #firstMinute: number
  readonly #windows: Window[] = []
  readonly #numbers = new Map<number, number>()

  constructor(options: Pick<WindowFoldOptions, 'grain' | 'calendar'>, firstMinute: number) {
    this.#options = options
    this.#firstMinute = firstMinute
  }

  /** The window that an instant is in. */
  windowAt(ms: number): { readonly number: number; readonly window: Window } {
    const { grain, calendar } = this.#options
    const window = calendar.windowAt(grain, ms)
    if (grain === 'minute') {
      return { number: window.fromMs / minuteMs - this.#firstMinute, window }
    }
    return { number: this.#numberOf(window), window }
  }

  at(number: number): Window {
    if (this.#options.grain === 'minute') return minuteWindow(this.fromMs(number))
    return this.#windows[number] as Window
  }

  fromMs(number: number): number {
    if (this.#options.grain === 'minute') return (this.#firstMinute + number) * minuteMs
    return (this.#windows[number] as Window).fromMs
  }

  #numberOf(window: Window): number {
    const known = this.#numbers.get(window.fromMs)
    if (known !== undefined) return known
    this.#numbers.set(window.fromMs, this.#windows.length)
    return this.#windows.push(window) - 1
  }
}
