import type { SendingWatch } from '../../lib/store/table.ts'

/** A watch that does so before each sending, and counts those that were in doubt. */
export function watching(before: () => void): SendingWatch & { readonly doubts: number } {
  let doubts = 0
  return {
    before,
    inDoubt: () => void doubts++,
    get doubts() {
      return doubts
    },
  }
}
