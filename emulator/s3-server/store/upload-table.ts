import type { StatementSync } from 'node:sqlite'
import type { Checksum } from '../protocol/checksum.ts'
import type { Database } from './database.ts'

/** A part of a multipart upload. */
export interface PartRecord {
  readonly number: number
  /** The body's name in `BodyFiles`. */
  readonly body: string
  readonly sizeBytes: number
  /** Without quotes: the MD5 of the part in hexadecimal. */
  readonly etag: string
  readonly checksum: Checksum | undefined
}

/** Multipart uploads that are neither completed nor aborted, and their parts. */
export class UploadTable {
  readonly #insert: StatementSync
  readonly #find: StatementSync
  readonly #delete: StatementSync
  readonly #putPart: StatementSync
  readonly #findPartBody: StatementSync
  readonly #listParts: StatementSync
  readonly #deleteParts: StatementSync
  readonly #completing = new Set<string>()

  constructor(database: Database) {
    this.#insert = database.prepare(
      'insert into uploads (id, bucket, key, headers) values (?, ?, ?, ?)',
    )
    this.#find = database.prepare(
      'select headers from uploads where id = ? and bucket = ? and key = ?',
    )
    this.#delete = database.prepare('delete from uploads where id = ?')
    this.#putPart = database.prepare(
      `insert or replace into parts (upload, number, body, size_bytes, etag, checksum)
       values (?, ?, ?, ?, ?, ?)`,
    )
    this.#findPartBody = database.prepare('select body from parts where upload = ? and number = ?')
    this.#listParts = database.prepare('select * from parts where upload = ? order by number')
    this.#deleteParts = database.prepare('delete from parts where upload = ?')
  }

  create(id: string, bucket: string, key: string, headers: Readonly<Record<string, string>>): void {
    this.#insert.run(id, bucket, Buffer.from(key), JSON.stringify(headers))
  }

  /** The headers that the upload was begun with, or undefined if there is no such upload. */
  findHeaders(
    id: string,
    bucket: string,
    key: string,
  ): Readonly<Record<string, string>> | undefined {
    const row = this.#find.get(id, bucket, Buffer.from(key))
    return row && JSON.parse(String(row.headers))
  }

  delete(id: string): void {
    this.#deleteParts.run(id)
    this.#delete.run(id)
  }

  /**
   * Puts a part in place of the former one of its number.
   *
   * @returns the former part's body, if there was one
   */
  putPart(id: string, part: PartRecord): string | undefined {
    const former = this.#findPartBody.get(id, part.number)
    this.#putPart.run(
      id,
      part.number,
      part.body,
      part.sizeBytes,
      part.etag,
      part.checksum === undefined ? null : JSON.stringify(part.checksum),
    )
    return former && String(former.body)
  }

  /** Runs `complete` while every other use of the upload is told to come back later. */
  async whileCompleting(id: string, complete: () => Promise<void>): Promise<void> {
    this.#completing.add(id)
    try {
      await complete()
    } finally {
      this.#completing.delete(id)
    }
  }

  isCompleting(id: string): boolean {
    return this.#completing.has(id)
  }

  /** The upload's parts, by number. */
  listParts(id: string): PartRecord[] {
    return this.#listParts.all(id).map((row) => ({
      number: Number(row.number),
      body: String(row.body),
      sizeBytes: Number(row.size_bytes),
      etag: String(row.etag),
      checksum: row.checksum === null ? undefined : JSON.parse(String(row.checksum)),
    }))
  }
}
