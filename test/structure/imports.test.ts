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
    ['lib/store/line-codec.ts', '../core/index.ts'],
    ['lib/store/s3/s3-objects.ts', '@aws-sdk/client-s3'],
    ['lib/records/history.ts', '../contract/prefixes.ts'],
    ['lib/records/kpl-record.ts', 'node:crypto'],
    ['lib/rollup/parts.ts', '../store/objects.ts'],
    ['lib/verify/compare-hour.ts', '../rollup/fold-history.ts'],
    ['lib/deployment/stores.ts', '../rollup/parts.ts'],
    ['functions/batch-rollup/handler.ts', '../../pipeline.config.ts'],
    ['functions/batch-rollup/handler.ts', '../../lib/handlers/rollup-handler.ts'],
    ['lib/handlers/rollup-handler.ts', '../deployment/stores.ts'],
    ['lib/handlers/rollup-handler.ts', 'aws-lambda'],
    ['infra/stack.ts', 'aws-cdk-lib'],
    ['infra/stack.ts', '../lib/contract/prefixes.ts'],
    ['emulator/servers.ts', 'dynalite'],
    ['local/pipeline.ts', '../emulator/servers.ts'],
    ['local/pipeline.ts', '../lib/core/index.ts'],
    ['cli/run.ts', '../local/pipeline.ts'],
    ['cli/run.ts', '../pipeline.config.ts'],
    ['test/oracle/oracle.ts', 'node:fs'],
  ])('let %s import %s', (path, specifier) => {
    expect(check(path, specifier)).toBeUndefined()
  })

  it.each([
    ['lib/contract/prefixes.ts', '../core/index.ts'],
    ['lib/core/fold.ts', '../store/table.ts'],
    ['lib/core/fold.ts', 'node:crypto'],
    ['lib/core/fold.ts', 'temporal-polyfills'],
    ['lib/store/table.ts', '../rows/minute-rows.ts'],
    ['lib/store/objects.ts', 'commander'],
    ['lib/records/history.ts', '@aws-sdk/client-s3'],
    ['lib/rows/minute-rows.ts', '../records/history.ts'],
    ['lib/ledger/changed-units.ts', '../rollup/plan.ts'],
    ['lib/stream/apply-batch.ts', '../rollup/parts.ts'],
    ['lib/rollup/roll-up.ts', '../stream/apply-batch.ts'],
    ['lib/rollup/roll-up.ts', '../verify/verify-hours.ts'],
    ['lib/redrive/put-back.ts', '../rows/minute-rows.ts'],
    ['lib/query/range.ts', '../../local/pipeline.ts'],
    ['functions/batch-rollup/handler.ts', '../stream-aggregate/handler.ts'],
    ['functions/batch-rollup/handler.ts', '../../local/pipeline.ts'],
    ['functions/batch-rollup/handler.ts', '../../lib/deployment/stores.ts'],
    ['lib/deployment/stores.ts', '../handlers/rollup-handler.ts'],
    ['lib/deployment/stores.ts', '../verify/verify-hours.ts'],
    ['functions/other/handler.ts', '../../lib/core/index.ts'],
    ['infra/stack.ts', '../functions/batch-rollup/handler.ts'],
    ['infra/stack.ts', '../lib/store/table.ts'],
    ['emulator/servers.ts', '../lib/core/index.ts'],
    ['emulator/servers.ts', '../local/pipeline.ts'],
    ['local/pipeline.ts', '../cli/run.ts'],
    ['local/pipeline.ts', '../pipeline.config.ts'],
    ['local/pipeline.ts', '../functions/batch-rollup/handler.ts'],
    ['cli/run.ts', '../functions/batch-rollup/handler.ts'],
    ['cli/run.ts', '../test/data/small-input.ts'],
    ['pipeline.config.ts', './lib/store/table.ts'],
    ['test/oracle/oracle.ts', '../../lib/core/index.ts'],
    ['test/oracle/oracle.ts', 'temporal-polyfill'],
  ])('do not let %s import %s', (path, specifier) => {
    expect(check(path, specifier)).toMatch(path)
  })
})
