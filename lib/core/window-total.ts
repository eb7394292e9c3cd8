import type { State } from './aggregation.ts'
import type { Window } from './windows/index.ts'

/** What one key comes to in one window. */
export interface WindowTotal {
  readonly key: string
  readonly window: Window
  readonly state: State
}
