import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Checksum } from '../protocol/checksum.ts'
import type { Database } from './database.ts'

/** What a listing shows of an object. */
export interface ObjectSummary {
  readonly key: string
  readonly sizeBytes: number
  /** Without quotes. */
  readonly etag: string
  /** Milliseconds since 1970. */
  readonly modifiedMs: number
}

/** Everything about an object but its bytes. */
export interface ObjectRecord extends ObjectSummary {
  /** The body's name in `BodyFiles`. */
  readonly body: string
  /** The headers given with the object, to be sent back with it; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly checksum: Checksum | undefined
}

type Row = Record<string, SQLOutputValue>

/** The objects of all buckets, each bucket's by key in UTF-8 byte order. */
export class ObjectTable {
  readonly #find: StatementSync
  readonly #upsert: StatementSync
  readonly #delete: StatementSync
  readonly #scan: StatementSync

  constructor(database: Database) {
    this.#find = database.prepare('select * from objects where bucket = ? and key = ?')
    this.#upsert = database.prepare(
      `insert or replace into objects
         (bucket, key, body, size_bytes, etag, modified_ms, headers, checksum)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#delete = database.prepare('delete from objects where bucket = ? and key = ?')
    this.#scan = database.prepare(
      `select key, size_bytes, etag, modified_ms from objects
       where bucket = ? and key >= ? and key < ? order by key`,
    )
  }

  find(bucket: string, key: string): ObjectRecord | undefined {
    const row = this.#find.get(bucket, Buffer.from(key))
    return row && toRecord(row)
  }

  put(bucket: string, record: ObjectRecord): void {
    this.#upsert.run(
      bucket,
      Buffer.from(record.key),
      record.body,
      record.sizeBytes,
      record.etag,
      record.modifiedMs,
      JSON.stringify(record.headers),
      record.checksum === undefined ? null : JSON.stringify(record.checksum),
    )
  }

  delete(bucket: string, key: string): void {
    this.#delete.run(bucket, Buffer.from(key))
  }

  /**
   * Reads objects lazily, in order, from the key `from` up to but not including `before`. The
   * reader must finish or leave the loop before it gives way to anything else.
   */
  *scan(bucket: string, from: Uint8Array, before: Uint8Array): Generator<ObjectSummary> {
    for (const row of this.#scan.iterate(bucket, from, before)) yield toSummary(row)
  }
}

function toSummary(row: Row): ObjectSummary {
  return {
    key: Buffer.from(row.key as Uint8Array).toString('utf8'),
    sizeBytes: Number(row.size_bytes),
    etag: String(row.etag),
    modifiedMs: Number(row.modified_ms),
  }
}

function toRecord(row: Row): ObjectRecord {
  return {
    ...toSummary(row),
    body: String(row.body),
    headers: JSON.parse(String(row.headers)),
    checksum: row.checksum === null ? undefined : JSON.parse(String(row.checksum)),
  }
}
