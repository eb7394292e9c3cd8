import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const projectRoot = resolve(import.meta.dirname, '../..')

/** The folders and files that hold sources; a new one belongs here and in `arrows.ts`. */
const sourceRoots = [
  'lib',
  'functions',
  'infra',
  'engine',
  'build',
  'emulator',
  'local',
  'cli',
  'bench',
  'test',
  'pipeline.config.ts',
  'vitest.config.ts',
]

const notSources = new Set(['node_modules', 'cdk.out', 'coverage'])

/** A TypeScript source: its path from the project's root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Every TypeScript source of the project. Folders that do not exist yet are passed over. */
export function readSourceFiles(): SourceFile[] {
  return sourceRoots
    .flatMap((root) => (root.endsWith('.ts') ? [root] : filesBelow(root)))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }))
}

/** Entries at the project's root that hold TypeScript but are not among the source roots. */
export function unknownSourceRoots(): string[] {
  return readdirSync(projectRoot, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !sourceRoots.includes(name))
    .filter((entry) =>
      entry.isDirectory()
        ? !notSources.has(entry.name) && filesBelow(entry.name).some((path) => isTypeScript(path))
        : isTypeScript(entry.name),
    )
    .map(({ name }) => name)
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path)
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(join(projectRoot, folder), { withFileTypes: true })
      .filter(({ name }) => !notSources.has(name) && !name.startsWith('.'))
      .flatMap((entry) => {
        const path = `${folder}/${entry.name}`
        return entry.isDirectory() ? filesBelow(path) : [path]
      })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
