import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileOf } from '../data/altered-input.ts'

/** A folder of its own for the files and data folders of one test file. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'twofold-test-'))

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Writes lines, each ended by a newline, and gives the path. */
  writeLines(name: string, lines: readonly Buffer[]): string {
    return this.writeBytes(name, fileOf(lines))
  }

  writeBytes(name: string, bytes: Uint8Array): string {
    const path = this.path(name)
    writeFileSync(path, bytes)
    return path
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** `42481` as `42,481`, as the commands print counts. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
