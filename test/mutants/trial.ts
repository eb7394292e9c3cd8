/** What became of a mutant. */
export interface Trial {
  readonly caught: boolean
  /** All that was told, and what matters of it. */
  readonly output: string
  readonly summary: string
}
