import { access, constants, stat } from 'node:fs/promises'
import { Failure } from './failure.ts'

/** How many bytes files have together. Throws Failure where one is not there or cannot be read. */
export async function totalBytes(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(bytesOf))
  return sizes.reduce((total, size) => total + size, 0)
}

async function bytesOf(file: string): Promise<number> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new Failure(`${file} is a folder; give files`)
    await access(file, constants.R_OK)
    return found.size
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Failure(`there is no file ${file}`)
    if (code === 'EACCES') throw new Failure(`${file} may not be read`)
    throw error
  }
}
