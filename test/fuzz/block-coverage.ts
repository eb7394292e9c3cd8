import { type Profiler, Session } from 'node:inspector'

/** Knows which blocks of code have run, so that it can tell an input that reaches new ones. */
export interface Coverage {
  /** Whether anything has run since the last call of either method that never ran before. */
  seesNew(): boolean
  /** The same, and from now on it is known. */
  learnNew(): boolean
}

/**
 * Coverage of the sources whose URL fits, as V8 counts it block by block (Chrome DevTools Protocol,
 * `Profiler.startPreciseCoverage`). Code runs slower while this is on.
 */
export class BlockCoverage implements Coverage {
  readonly #isOurs: (url: string) => boolean
  readonly #session = new Session()
  /** For each function, its characters: 1 where they have run. */
  readonly #known = new Map<string, Uint8Array>()

  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  seesNew(): boolean {
    return this.#take().some(([id, ran]) => hasMore(ran, this.#known.get(id)))
  }

  learnNew(): boolean {
    let isNew = false
    for (const [id, ran] of this.#take()) {
      const known = this.#known.get(id)
      if (!hasMore(ran, known)) continue
      isNew = true
      this.#known.set(id, known === undefined ? ran : known.map((one, at) => one | (ran[at] ?? 0)))
    }
    return isNew
  }

  close(): void {
    this.#session.disconnect()
  }

  /** What has run since this was last called, function by function. */
  #take(): [id: string, ran: Uint8Array][] {
    let taken: Profiler.ScriptCoverage[] = []
    // Within one process the answer comes before the call returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error
      taken = result
    })
    return taken
      .filter(({ url }) => this.#isOurs(url))
      .flatMap(({ url, functions }) => functions.map((one) => painted(url, one)))
  }
}

/** Ranges come with the outer before those within, which say otherwise of their part. */
function painted(url: string, { ranges }: Profiler.FunctionCoverage): [string, Uint8Array] {
  const { startOffset: start = 0, endOffset: end = 0 } = ranges[0] ?? {}
  const ran = new Uint8Array(end - start)
  for (const { startOffset, endOffset, count } of ranges) {
    ran.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start)
  }
  return [`${url} ${start} ${end}`, ran]
}

function hasMore(ran: Uint8Array, known: Uint8Array | undefined): boolean {
  return ran.some((one, at) => one > (known?.[at] ?? 0))
}
