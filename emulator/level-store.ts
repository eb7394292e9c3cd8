import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

/** A database on disk that allows one process, opened by the emulator's own LevelDB. */
type LevelStore = { open(): Promise<void>; close(): Promise<void> }

/** Another process holds the store. */
export class StoreInUse extends Error {
  override readonly name = 'StoreInUse'
}

/**
 * Waits until the store of an emulator can be opened. The emulators themselves open it unseen and
 * report a held store as anything from an unhandled event to a strange answer much later.
 *
 * @throws {StoreInUse} when another process still holds it after `waitMs`.
 */
export async function openWhenFree(
  emulator: 'dynalite' | 'kinesalite',
  folder: string,
  waitMs: number,
): Promise<void> {
  const until = performance.now() + waitMs
  for (;;) {
    try {
      const store = stores[emulator](folder)
      await store.open()
      await store.close()
      return
    } catch (error) {
      if (!isHeld(error)) throw new Error(`cannot open the data in ${folder}`, { cause: error })
      if (performance.now() >= until) {
        throw new StoreInUse(`another process holds the data in ${folder}`, { cause: error })
      }
    }
    await sleep(50)
  }
}

const stores = { dynalite: dynaliteStore, kinesalite: kinesaliteStore }

function dynaliteStore(folder: string): LevelStore {
  const { Level } = requireOf('dynalite')('level') as {
    Level: new (path: string, options: { valueEncoding: 'json' }) => DynaliteLevel
  }
  const level = new Level(folder, { valueEncoding: 'json' })
  return {
    open: async () => {
      await level.open()
      await finishCreatingTables(level)
    },
    close: () => level.close(),
  }
}

type DynaliteLevel = {
  open(): Promise<void>
  close(): Promise<void>
  put(key: string, value: unknown): Promise<void>
  iterator(range: { gte: string; lt: string }): AsyncIterable<[string, { TableStatus?: string }]>
}

/**
 * A table becomes active in a second write, after its creation was answered. If the process was
 * killed in between, nothing would ever make it active, nor let it be deleted.
 */
async function finishCreatingTables(level: DynaliteLevel): Promise<void> {
  for await (const [key, table] of level.iterator({ gte: 'table~', lt: 'table~\xFF' })) {
    if (table.TableStatus === 'CREATING') await level.put(key, { ...table, TableStatus: 'ACTIVE' })
  }
}

type Done = (error?: Error | null) => void

function kinesaliteStore(folder: string): LevelStore {
  const leveldown = requireOf('kinesalite')('leveldown') as (path: string) => {
    open(done: Done): void
    close(done: Done): void
  }
  const level = leveldown(folder)
  const promised = (call: (done: Done) => void) =>
    new Promise<void>((resolve, reject) => {
      call((error) => (error ? reject(error) : resolve()))
    })
  return {
    open: () => promised((done) => level.open(done)),
    close: () => promised((done) => level.close(done)),
  }
}

/** The `require` of a package: what it depends on is not ours to import. */
export function requireOf(packageName: string): NodeJS.Require {
  return createRequire(createRequire(import.meta.url).resolve(packageName))
}

function isHeld(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ((at as NodeJS.ErrnoException).code === 'LEVEL_LOCKED') return true
    if (/\block\b.*\bLOCK\b/.test(at.message)) return true
  }
  return false
}
