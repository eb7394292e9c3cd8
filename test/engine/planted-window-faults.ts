import { beginWindowFold, type WindowFold, type WindowFoldOptions } from '../../lib/core/index.ts'
import type { BeginWindowFold } from './implementations.ts'

/** A fold that is begun with other options, or tells something else. */
const other = (
  change: (options: WindowFoldOptions) => Partial<WindowFoldOptions>,
  tell: (fold: WindowFold) => Partial<WindowFold> = () => ({}),
): BeginWindowFold => {
  return (options) => {
    const fold = beginWindowFold({ ...options, ...change(options) })
    return new Proxy(fold, {
      get(target, name: keyof WindowFold) {
        const value = tell(target)[name] ?? target[name]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
}

const nothing = () => ({})

const byUtf8 = ({ key: a }: { key: string }, { key: b }: { key: string }) =>
  Buffer.compare(Buffer.from(a), Buffer.from(b))

const readLater = 16

export const windowFaults: Readonly<Record<string, BeginWindowFold>> = {
  'each id as often as it comes': other(() => ({ eachIdOnce: false })),
  'no event too far ahead': other(() => ({ nowMs: Number.POSITIVE_INFINITY })),
  'days of UTC': other(({ calendar, grain }) => ({
    calendar: {
      ...calendar,
      windowAt: (_grain, ms) => calendar.windowAt(grain === 'day' ? 'hour' : grain, ms),
    },
  })),
  'keys in the order of their bytes': other(nothing, (fold) => ({
    totals: () => [...fold.totals()].sort(byUtf8),
  })),
  'the first of all totals last': other(nothing, (fold) => ({
    totals: () => {
      const [first, ...rest] = fold.totals()
      return first ? [...rest, first] : rest
    },
  })),
  'no reject': other(nothing, () => ({ rejects: [] })),
  'blank lines as none': other(nothing, () => ({ blankLines: 0 })),
  'what stands behind the text as part of it': (options) => {
    const fold = beginWindowFold(options)
    const add = (bytes: number) => fold.add(bytes + readLater)
    return new Proxy(fold, {
      get(target, name: keyof WindowFold) {
        if (name === 'add') return add
        if (name === 'room') return (bytes: number) => target.room(bytes + readLater)
        const value = target[name]
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  },
}
