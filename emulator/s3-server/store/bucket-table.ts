import type { StatementSync } from 'node:sqlite'
import { S3Error } from '../protocol/s3-error.ts'
import type { Database } from './database.ts'

/** A bucket's name and the time of its creation, in milliseconds since 1970. */
export interface BucketRecord {
  readonly name: string
  readonly createdMs: number
}

/** The buckets that exist. */
export class BucketTable {
  readonly #insert: StatementSync
  readonly #find: StatementSync
  readonly #list: StatementSync

  constructor(database: Database) {
    this.#insert = database.prepare(
      'insert into buckets (name, created_ms) values (?, ?) on conflict do nothing',
    )
    this.#find = database.prepare('select name from buckets where name = ?')
    this.#list = database.prepare('select name, created_ms from buckets order by name')
  }

  /** Returns whether the bucket is new. */
  create(name: string, createdMs: number): boolean {
    return this.#insert.run(name, createdMs).changes === 1
  }

  /** @throws {S3Error} NoSuchBucket */
  require(name: string): void {
    if (this.#find.get(name) === undefined) {
      throw new S3Error('NoSuchBucket', `The bucket '${name}' does not exist.`)
    }
  }

  /** All buckets, by name. */
  list(): BucketRecord[] {
    return this.#list
      .all()
      .map((row) => ({ name: String(row.name), createdMs: Number(row.created_ms) }))
  }
}
