import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BodyFiles } from './body-files.ts'
import { BucketTable } from './bucket-table.ts'
import { Database, StoreInUse } from './database.ts'
import { ObjectTable } from './object-table.ts'
import { UploadTable } from './upload-table.ts'

/** Which bodies a change made part of an object or upload, and which it no longer needs. */
export interface BodyChanges {
  readonly kept?: string
  readonly released: readonly string[]
}

const LOCK_RETRY_MS = 50

/**
 * Buckets, objects and uploads in one folder: what is known about them in `catalogue.sqlite`, their
 * bytes in `bodies/`.
 *
 * A body is written whole to its file first; the row that names the file is the object, and one
 * transaction puts it there. So a process killed at any moment leaves an object either as it was or
 * as it was to be, with the headers and entity tag that belong to its bytes.
 */
export class ObjectStore {
  readonly buckets: BucketTable
  readonly objects: ObjectTable
  readonly uploads: UploadTable
  readonly bodies: BodyFiles
  readonly #database: Database

  private constructor(folder: string, database: Database) {
    this.#database = database
    this.buckets = new BucketTable(database)
    this.objects = new ObjectTable(database)
    this.uploads = new UploadTable(database)
    this.bodies = new BodyFiles(database, join(folder, 'bodies'))
  }

  /**
   * Opens the folder, making it first where there is none, and removes what a killed process left.
   *
   * @param lockWaitMs how long to wait for another server to give the folder back
   * @throws {StoreInUse} when it is still in use after that time
   */
  static async open(folder: string, lockWaitMs: number): Promise<ObjectStore> {
    mkdirSync(folder, { recursive: true })
    const database = await openWhenFree(join(folder, 'catalogue.sqlite'), lockWaitMs)
    try {
      const store = new ObjectStore(folder, database)
      await store.bodies.sweep()
      return store
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Makes a new body and lets `use` write and commit it; where that fails, nothing is left. */
  async withNewBody<T>(use: (body: string) => Promise<T>): Promise<T> {
    const body = this.bodies.create()
    try {
      return await use(body)
    } catch (error) {
      await this.bodies.discard(body)
      throw error
    }
  }

  /**
   * Runs `change`, which must not wait for anything, in one transaction, so that no other request
   * comes between what it reads and what it writes. Then removes the bodies that it released.
   */
  async commit(change: () => BodyChanges): Promise<void> {
    const { released } = this.#database.transaction(() => {
      const changes = change()
      if (changes.kept !== undefined) this.bodies.keep(changes.kept)
      for (const body of changes.released) this.bodies.release(body)
      return changes
    })
    for (const body of released) await this.bodies.discard(body)
  }

  close(): void {
    this.#database.close()
  }
}

async function openWhenFree(file: string, lockWaitMs: number): Promise<Database> {
  const untilMs = performance.now() + lockWaitMs
  for (;;) {
    try {
      return new Database(file)
    } catch (error) {
      if (!(error instanceof StoreInUse) || performance.now() >= untilMs) throw error
    }
    await sleep(LOCK_RETRY_MS)
  }
}
