import { randomUUID } from 'node:crypto'
import { createReadStream, fstatSync, mkdirSync, openSync, type ReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StatementSync } from 'node:sqlite'
import type { Database } from './database.ts'

/**
 * The bytes of objects and parts: one file a body, with a random name, written once and never
 * changed. Keys are not part of any file name, so no key is too long, collides with another on a
 * disk that ignores case, or leads out of the folder.
 *
 * A body is loose until an object or a part refers to it, and again once none does any more. The
 * database lists the loose ones: a body is listed before its file exists, and until its file is
 * gone. So whatever a killed process leaves behind is known at the next start, and is removed then
 * without looking at any other file.
 */
export class BodyFiles {
  readonly #folder: string
  readonly #insertLoose: StatementSync
  readonly #deleteLoose: StatementSync
  readonly #listLoose: StatementSync
  readonly #findLoose: StatementSync

  constructor(database: Database, folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    this.#insertLoose = database.prepare('insert into loose_bodies (body) values (?)')
    this.#deleteLoose = database.prepare('delete from loose_bodies where body = ?')
    this.#listLoose = database.prepare('select body from loose_bodies')
    this.#findLoose = database.prepare('select body from loose_bodies where body = ?')
  }

  /** Removes what an earlier process left loose. To be called before any body is written. */
  async sweep(): Promise<void> {
    for (const row of this.#listLoose.all()) await this.#removeFile(String(row.body))
  }

  /** Names a new body, loose until `keep`. */
  create(): string {
    const body = randomUUID()
    this.#insertLoose.run(body)
    return body
  }

  /** Writes the file of a body made by `create`. */
  async write(body: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const file = await open(this.#path(body), 'wx')
    try {
      await file.writeFile(chunks)
    } finally {
      await file.close()
    }
  }

  /** Marks a body as referred to; part of the transaction that makes the reference. */
  keep(body: string): void {
    this.#deleteLoose.run(body)
  }

  /** Marks a body as no longer referred to; part of the transaction that ends the reference. */
  release(body: string): void {
    this.#insertLoose.run(body)
  }

  /** Removes the file of a loose body; where that fails, the next start tries again. */
  async discard(body: string): Promise<void> {
    if (this.#findLoose.get(body) === undefined) throw new Error(`Body ${body} is in use`)
    try {
      await this.#removeFile(body)
    } catch {
      // The request that led here has already succeeded, or failed for a reason of its own.
    }
  }

  /**
   * Opens a body. The file is open when this returns, so it can be read to its end even if the
   * object is overwritten or deleted meanwhile.
   *
   * @param firstByte offset of the first byte to read
   * @param lastByte offset of the last byte to read, inclusive
   * @throws {Error} when the file is not there or does not have `sizeBytes` bytes
   */
  read(body: string, sizeBytes: number, firstByte: number, lastByte: number): ReadStream {
    const fd = openSync(this.#path(body), 'r')
    const stream = createReadStream('', { fd, start: firstByte, end: lastByte })
    const foundBytes = fstatSync(fd).size
    if (foundBytes !== sizeBytes) {
      stream.destroy()
      throw new Error(`Body ${body} has ${foundBytes} bytes, not ${sizeBytes}`)
    }
    return stream
  }

  async #removeFile(body: string): Promise<void> {
    await rm(this.#path(body), { force: true })
    this.#deleteLoose.run(body)
  }

  #path(body: string): string {
    return join(this.#folder, body)
  }
}
