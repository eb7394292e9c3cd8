import { describe, expect, it } from 'vitest'
import { wrongArrow } from './arrows.ts'
import { readSourceFiles, unknownSourceRoots } from './source-files.ts'
import { importCycles, importsOf, unreadable } from './source-imports.ts'

const sources = readSourceFiles()

describe('imports', () => {
  it('follow the arrows of the layout', () => {
    const wrong = sources.flatMap(importsOf).flatMap((each) => wrongArrow(each) ?? [])
    expect(wrong).toEqual([])
  })

  it('make no cycle: move what two files share to a third', () => {
    expect(importCycles(sources).map((cycle) => cycle.join(' -> '))).toEqual([])
  })

  it('are looked at in every folder: add a new one to test/structure/source-files.ts', () => {
    expect(unknownSourceRoots()).toEqual([])
  })

  it('are found at all', () => {
    expect(sources.some(({ path }) => path.startsWith('lib/core/'))).toBe(true)
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length)
  })
})

describe('the reader of imports', () => {
  const text = `
import './side-effect.ts'
import { a } from "../b/a.ts"
import type { B } from './b.ts'
import {
  c,
  type D,
} from '@scope/c'
export { e } from './e.ts'
export * from './f.ts'
export const g = 'not an import'
const h = await import('./h.ts')
type I = import('./i.ts').I
const j = await import(join('.', 'j.ts'))
const k = require('k')
const l = import.meta.resolve('./l.ts')
// import './comment.ts'
/** \`import('./docstring.ts')\` */
/**
 * Taken from './prose.ts' too.
 */
export function copy(from: string) {
  return [from, 'plain.ts']
}
const m = import.meta.dirname // import('./end.ts')
`

  it('finds every kind of import, and none in comments', () => {
    const found = importsOf({ path: 'lib/a/x.ts', text }).map(({ target }) => target)
    expect(found).toEqual([
      'lib/a/side-effect.ts',
      'lib/b/a.ts',
      'lib/a/b.ts',
      '@scope/c',
      'lib/a/e.ts',
      'lib/a/f.ts',
      'lib/a/h.ts',
      'lib/a/i.ts',
      unreadable,
      'k',
      'lib/a/l.ts',
    ])
  })

  it('finds cycles, also those of a file with itself', () => {
    const file = (path: string, ...targets: string[]) => ({
      path,
      text: targets.map((target) => `import '${target}'`).join('\n'),
    })
    const files = [
      file('lib/a.ts', './b.ts', './d.ts'),
      file('lib/b.ts', './c.ts'),
      file('lib/c.ts', './b.ts'),
      file('lib/d.ts', './d.ts', './c.ts'),
    ]
    expect(importCycles(files)).toEqual([['lib/b.ts', 'lib/c.ts'], ['lib/d.ts']])
  })
})

describe('the arrows', () => {
  function check(path: string, specifier: string): string | undefined {
    const [found] = importsOf({ path, text: `import '${specifier}'` })
    if (found === undefined) throw new Error(`No import found of ${specifier}`)
    return wrongArrow(found)
  }

  it.each([
    ['lib/core/fold.ts', './key.ts'],
    ['lib/core/windows/calendar.ts', 'temporal-polyfill'],
    ['lib/aws/history.ts', '../core/index.ts'],
    ['lib/aws/history.ts', '@aws-sdk/client-s3'],
    ['lib/aws/history.ts', 'node:zlib'],
    ['lib/query/range.ts', '../aws/table.ts'],
    ['functions/batch-rollup/handler.ts', '../../pipeline.config.ts'],
    ['functions/batch-rollup/handler.ts', './environment.ts'],
    ['infra/stack.ts', 'aws-cdk-lib'],
    ['local/servers.ts', '../lib/core/index.ts'],
    ['cli/run.ts', '../local/servers.ts'],
    ['cli/run.ts', '../pipeline.config.ts'],
    ['test/oracle/oracle.ts', 'node:fs'],
  ])('let %s import %s', (path, specifier) => {
    expect(check(path, specifier)).toBeUndefined()
  })

  it.each([
    ['lib/core/fold.ts', '../aws/table.ts'],
    ['lib/core/fold.ts', 'node:crypto'],
    ['lib/core/fold.ts', 'temporal-polyfills'],
    ['lib/aws/history.ts', '../query/range.ts'],
    ['lib/aws/history.ts', 'commander'],
    ['lib/query/range.ts', '../../local/servers.ts'],
    ['functions/batch-rollup/handler.ts', '../stream-aggregate/handler.ts'],
    ['functions/batch-rollup/handler.ts', '../../lib/query/range.ts'],
    ['functions/batch-rollup/handler.ts', '../../local/servers.ts'],
    ['functions/other/handler.ts', '../../lib/core/index.ts'],
    ['infra/stack.ts', '../functions/batch-rollup/handler.ts'],
    ['infra/stack.ts', '../lib/aws/table.ts'],
    ['local/servers.ts', '../cli/run.ts'],
    ['local/servers.ts', '../pipeline.config.ts'],
    ['local/servers.ts', '../functions/batch-rollup/handler.ts'],
    ['cli/run.ts', '../functions/batch-rollup/handler.ts'],
    ['cli/run.ts', '../test/data/small-input.ts'],
    ['pipeline.config.ts', './lib/aws/table.ts'],
    ['test/oracle/oracle.ts', '../../lib/core/index.ts'],
    ['test/oracle/oracle.ts', 'temporal-polyfill'],
  ])('do not let %s import %s', (path, specifier) => {
    expect(check(path, specifier)).toMatch(path)
  })
})
