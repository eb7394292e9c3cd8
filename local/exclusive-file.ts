import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { processStart } from './process-identity.ts'

/** Who holds a file: a process, and which life of that process id. */
export type Holder = { readonly pid: number; readonly processStart: string }

/**
 * Makes the file `path`, with `content` as JSON, if no running process holds it. Of any number of
 * processes that try at once, one gets it. A file whose process is gone, however it ended, is free.
 *
 * @returns `undefined` when the file is ours now, else the content that its living holder wrote.
 */
export async function takeExclusiveFile<T extends Holder>(
  path: string,
  content: T,
): Promise<T | undefined> {
  // A link appears with its whole content at once, and fails when the name is taken.
  const draft = `${path}.${process.pid}-${randomUUID()}`
  await writeFile(draft, `${JSON.stringify(content)}\n`)
  try {
    while (!(await linked(draft, path))) {
      const holder = await readLivingHolder<T>(path)
      if (holder !== undefined) return holder
      await removeDead(path, content)
    }
    return undefined
  } finally {
    await rm(draft, { force: true })
  }
}

/** The content of the file when its holder runs, else `undefined`. */
export async function readLivingHolder<T extends Holder>(path: string): Promise<T | undefined> {
  const holder = await readHolder<T>(path)
  if (holder === undefined) return undefined
  return (await processStart(holder.pid)) === holder.processStart ? holder : undefined
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function readHolder<T extends Holder>(path: string): Promise<T | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const holder = JSON.parse(text) as T | null
    return typeof holder?.pid === 'number' && holder.pid > 0 ? holder : undefined
  } catch {
    // We only ever write whole files, so a broken one is nobody's.
    return undefined
  }
}

/**
 * Removes the file of a dead holder. Only one process may do so at a time, or a slow one could
 * remove the file that a quick one had just taken; so it holds a file of the same kind meanwhile.
 */
async function removeDead(path: string, self: Holder): Promise<void> {
  const breaker = `${path}.breaking`
  const other = await takeExclusiveFile<Holder>(breaker, {
    pid: self.pid,
    processStart: self.processStart,
  })
  if (other !== undefined) {
    await sleep(10)
    return
  }
  try {
    if ((await readLivingHolder(path)) === undefined) await rm(path, { force: true })
  } finally {
    await rm(breaker, { force: true })
  }
}
