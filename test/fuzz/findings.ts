import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Inputs that failed once, in base64: `<target>/<digest>.base64`. */
export const findingsFolder = join(import.meta.dirname, 'findings')

/** Writes an input that failed, and gives the path. */
export function keepFinding(folder: string, target: string, input: Uint8Array): string {
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 12)
  const path = join(folder, target, `${digest}.base64`)
  mkdirSync(join(folder, target), { recursive: true })
  writeFileSync(path, `${Buffer.from(input).toString('base64')}\n`)
  return path
}

/** The inputs that failed once for a target; none where there is no folder of it. */
export function findingsOf(folder: string, target: string): Uint8Array[] {
  let names: string[]
  try {
    names = readdirSync(join(folder, target))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names.map((name) =>
    Buffer.from(readFileSync(join(folder, target, name), 'utf8'), 'base64'),
  )
}
