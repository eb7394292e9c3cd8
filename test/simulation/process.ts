/** What a process is for, which decides what may befall it. */
export type Role = 'stream' | 'rollup' | 'operator' | 'mapping'

/** The process was killed; whoever waited for its answer gets this in its place. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied'
}

/** One process of a function or of a person: with a clock of its own, and mortal. */
export class Process {
  readonly name: string
  readonly role: Role
  /** How far its clock is off. */
  readonly skewMs: number
  /** Rejects with ProcessDied when it dies. */
  readonly died: Promise<never>
  /** Until then (true time) nothing goes on within it; what it has sent is on its way all the same. */
  frozenUntilMs = 0
  /** When it is ended from outside (true time), if it is. */
  endsAtMs = Number.POSITIVE_INFINITY
  /** Writes of minute rows that it sent and that were applied. */
  rowsWritten = 0
  #alive = true
  #die: (error: ProcessDied) => void = () => undefined

  constructor(name: string, role: Role, skewMs: number) {
    this.name = name
    this.role = role
    this.skewMs = skewMs
    this.died = new Promise((_, reject) => {
      this.#die = reject
    })
    this.died.catch(() => undefined)
  }

  get alive(): boolean {
    return this.#alive
  }

  kill(): void {
    this.#alive = false
    this.#die(new ProcessDied(`${this.name} died`))
  }
}
