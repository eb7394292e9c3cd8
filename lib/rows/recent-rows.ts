/** A bounded memory of rows by id: the one that was longest not used goes first. */
export class RecentRows<Row> {
  readonly #maxRows: number
  // A Map keeps the order of insertion, so its first entry is the one longest not used.
  readonly #rows = new Map<string, Row>()

  constructor(maxRows: number) {
    this.#maxRows = maxRows
  }

  get(id: string): Row | undefined {
    const row = this.#rows.get(id)
    if (row !== undefined) {
      this.#rows.delete(id)
      this.#rows.set(id, row)
    }
    return row
  }

  set(id: string, row: Row): void {
    this.#rows.delete(id)
    this.#rows.set(id, row)
    if (this.#rows.size > this.#maxRows) {
      for (const oldest of this.#rows.keys()) {
        this.#rows.delete(oldest)
        break
      }
    }
  }

  delete(id: string): void {
    this.#rows.delete(id)
  }

  get size(): number {
    return this.#rows.size
  }
}
