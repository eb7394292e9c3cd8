interface Line {
  readonly atMs: number
  readonly text: string
  /** A request that went as it should; told only where it concerns what is asked for. */
  readonly plain: boolean
}

const maxLines = 160

/** What happened in a schedule, for a person to read. Kept only when a schedule is replayed. */
export class Story {
  readonly #lines: Line[] | undefined
  readonly #nowMs: () => number

  constructor(nowMs: () => number, kept: boolean) {
    this.#nowMs = nowMs
    this.#lines = kept ? [] : undefined
  }

  tell(text: () => string): void {
    this.#lines?.push({ atMs: this.#nowMs(), text: text(), plain: false })
  }

  tellRequest(text: () => string): void {
    this.#lines?.push({ atMs: this.#nowMs(), text: text(), plain: true })
  }

  /** All that was out of the ordinary, and of the rest what names one of these. */
  about(names: readonly string[]): string {
    const lines = (this.#lines ?? []).filter(
      ({ plain, text }) => !plain || names.some((name) => text.includes(name)),
    )
    const shown = lines.slice(-maxLines)
    const left = lines.length - shown.length
    return [
      ...(left > 0 ? [`(${left} earlier lines)`] : []),
      ...shown.map(({ atMs, text }) => `${new Date(atMs).toISOString().slice(5, 23)} ${text}`),
    ].join('\n')
  }

  /** Everything, for telling two plays of one schedule apart. */
  whole(): string {
    return (this.#lines ?? []).map(({ atMs, text }) => `${atMs} ${text}`).join('\n')
  }
}
