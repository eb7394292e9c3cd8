import { ReferenceWindowFold } from './reference-window-fold.ts'
import type { WindowFold, WindowFoldOptions } from './window-fold.ts'

/** Begins to fold text. Holds its totals in memory, and its ids where each counts once. */
export function beginWindowFold(options: WindowFoldOptions): WindowFold {
  return new ReferenceWindowFold(options)
}
