import { posix } from 'node:path'
import type { SourceFile } from './source-files.ts'

/** One import, static, re-exported, dynamic or of types only, as its source has it. */
export interface Import {
  readonly from: string
  /** What stands in the source: `../core/index.ts`, `node:path`, `@aws-sdk/client-s3`. */
  readonly specifier: string
  /** The path from the project's root where the specifier is relative, else the specifier. */
  readonly target: string
}

/** A dynamic import, or `require`, of what is no plain text: no rule can be checked on it. */
export const unreadable = '(an expression)'

// The formatter puts every static import and export at the start of a line, and nothing else.
const staticImport = /^(?:import|export)\s(?:[^'"`;=()]*?\bfrom\s*)?['"]([^'"\n]+)['"]/gm
const dynamicImport =
  /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(?:(['"`])([^'"`$\n]+)\1|[^)\s])/g

/** All imports of a source, in order of their kinds. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text)
  const statics = [...code.matchAll(staticImport)].map((match) => match[1] ?? unreadable)
  const dynamics = [...code.matchAll(dynamicImport)].map((match) => match[2] ?? unreadable)
  return [...statics, ...dynamics].map((specifier) => ({
    from: path,
    specifier,
    target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
  }))
}

/** The text without lines that are comments; code before a comment on the same line stays. */
export function withoutComments(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s*(?:\/\/|\/?\*)/.test(line) ? '' : line.replace(/\s\/\/\s.*$/, '')))
    .join('\n')
}

/** Every cycle of imports once, each as its files in order. */
export function importCycles(sources: readonly SourceFile[]): string[][] {
  const known = new Set(sources.map(({ path }) => path))
  const targets = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ target }) => (known.has(target) ? [target] : [])),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const begin = trail.indexOf(path)
    if (begin >= 0) cycles.push(trail.slice(begin))
    if (begin >= 0 || done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of known) visit(path, [])
  return cycles
}
