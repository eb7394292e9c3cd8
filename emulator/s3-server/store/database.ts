import { DatabaseSync, type StatementSync } from 'node:sqlite'

const SCHEMA_VERSION = 1
const SQLITE_BUSY = 5

const SCHEMA = `
  create table buckets (
    name text primary key,
    created_ms integer not null
  ) strict, without rowid;

  create table objects (
    bucket text not null,
    key blob not null,
    body text not null,
    size_bytes integer not null,
    etag text not null,
    modified_ms integer not null,
    headers text not null,
    checksum text,
    primary key (bucket, key)
  ) strict, without rowid;

  create table uploads (
    id text primary key,
    bucket text not null,
    key blob not null,
    headers text not null
  ) strict, without rowid;

  create table parts (
    upload text not null,
    number integer not null,
    body text not null,
    size_bytes integer not null,
    etag text not null,
    checksum text,
    primary key (upload, number)
  ) strict, without rowid;

  create table loose_bodies (
    body text primary key
  ) strict, without rowid;

  pragma user_version = ${SCHEMA_VERSION};
`

/** Another process, or another server in this one, has the folder open. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse'
}

/**
 * The SQLite file that holds everything about buckets and objects but their bytes.
 *
 * SQLite gives what an index of our own would have to build: a start whose cost does not grow with
 * the number of objects, keys in UTF-8 byte order (they are blobs, compared byte by byte), a commit
 * that a `kill -9` leaves whole or undone, and a lock on the folder that the operating system
 * releases when the process dies. Its calls are synchronous, so a check and the write that depends
 * on it run without anything in between.
 */
export class Database {
  readonly #sqlite: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync

  /**
   * Opens the file and locks it, making it first where there is none.
   *
   * @throws {StoreInUse} when it is locked already
   * @throws {Error} when another version of this server wrote it
   */
  constructor(file: string) {
    this.#sqlite = new DatabaseSync(file)
    try {
      this.#lock(file)
      this.#bringToSchema(file)
    } catch (error) {
      this.#sqlite.close()
      throw error
    }
    this.#begin = this.#sqlite.prepare('begin')
    this.#commit = this.#sqlite.prepare('commit')
    this.#rollback = this.#sqlite.prepare('rollback')
  }

  prepare(sql: string): StatementSync {
    return this.#sqlite.prepare(sql)
  }

  /** Runs `work` in one transaction: all of its changes are kept, or, if it throws, none. */
  transaction<T>(work: () => T): T {
    this.#begin.run()
    try {
      const result = work()
      this.#commit.run()
      return result
    } catch (error) {
      // A full disk makes SQLite roll back by itself, and then there is nothing left to roll back.
      if (this.#sqlite.isTransaction) this.#rollback.run()
      throw error
    }
  }

  close(): void {
    this.#sqlite.close()
  }

  #lock(file: string): void {
    try {
      this.#sqlite.exec('pragma locking_mode = exclusive')
      this.#sqlite.exec('pragma journal_mode = wal')
      // A commit need not reach the disk at once: the system keeps it when only the process dies.
      this.#sqlite.exec('pragma synchronous = normal')
      this.#sqlite.exec('begin immediate; commit')
    } catch (error) {
      if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY))
        throw error
      throw new StoreInUse(`another server holds the data in ${file}`, { cause: error })
    }
  }

  #bringToSchema(file: string): void {
    const version = this.#sqlite.prepare('pragma user_version').get()?.user_version
    if (version === SCHEMA_VERSION) return
    if (version !== 0) {
      throw new Error(`${file} has schema version ${version}; this server knows ${SCHEMA_VERSION}`)
    }
    this.#sqlite.exec(`begin; ${SCHEMA} commit`)
  }
}
