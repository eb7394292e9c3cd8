/** What is not as it must be. */
export interface Failure {
  readonly message: string
  /** Names that the story of it is about. */
  readonly about: readonly string[]
}
