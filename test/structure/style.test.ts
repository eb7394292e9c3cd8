import { describe, expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'
import { hiddenInputs, spelledAttributes, wrongLength, wrongNames } from './style.ts'

const sources = readSourceFiles()

describe('sources', () => {
  it('are named in kebab-case after what they hold', () => {
    expect(sources.flatMap(({ path }) => wrongNames(path))).toEqual([])
  })

  it('are short', () => {
    expect(sources.flatMap(wrongLength)).toEqual([])
  })

  it('in lib take the clock, the environment and chance as arguments', () => {
    expect(sources.flatMap(hiddenInputs)).toEqual([])
  })

  it('say what an item holds by records', () => {
    expect(sources.flatMap(spelledAttributes)).toEqual([])
  })
})

describe('the rules of style', () => {
  it.each([
    'lib/core/key.ts',
    'lib/core/utf8.ts',
    'cli/commands/run.ts',
    'emulator/emulators.d.ts',
    'pipeline.config.ts',
    'test/core/minute-rows.test.ts',
    'test/core/minute-rows.property.test.ts',
  ])('allow the name %s', (path) => {
    expect(wrongNames(path)).toEqual([])
  })

  it.each([
    'lib/core/minuteRows.ts',
    'lib/core/minute_rows.ts',
    'lib/Core/key.ts',
    'lib/core/-key.ts',
    'lib/core/key.codec.ts',
    'lib/core/string-utils.ts',
    'lib/helpers/key.ts',
    'lib/rows/row-manager.ts',
    'lib/log/service-level.test.ts',
  ])('forbid the name %s', (path) => {
    expect(wrongNames(path)).toHaveLength(1)
  })

  it('allow 250 lines, and more in tests and conformance suites', () => {
    const text = 'x\n'.repeat(250)
    expect(wrongLength({ path: 'lib/a.ts', text })).toEqual([])
    expect(wrongLength({ path: 'lib/a.ts', text: `${text}x\n` })).toHaveLength(1)
    expect(wrongLength({ path: 'test/a.ts', text: `${text}x\n` })).toHaveLength(1)
    expect(wrongLength({ path: 'lib/a.test.ts', text: `${text}x\n` })).toHaveLength(1)
    expect(wrongLength({ path: 'test/a.test.ts', text: `${text}x\n` })).toEqual([])
    expect(wrongLength({ path: 'test/b/a-conformance.ts', text: `${text}x\n` })).toEqual([])
  })

  it.each([
    'const at = new Date()',
    'const at = new Date',
    'const at = Date.now()',
    'const clock = Date.now',
    'const url = process.env.URL',
    "const url = process['env'].URL",
    'const dice = Math.random()',
  ])('forbid `%s` in lib', (text) => {
    expect(hiddenInputs({ path: 'lib/a.ts', text })).toHaveLength(1)
    expect(hiddenInputs({ path: 'cli/a.ts', text })).toEqual([])
    expect(hiddenInputs({ path: 'lib/a.ts', text: `// Never ${text}` })).toEqual([])
  })

  it('allow dates of a given instant', () => {
    expect(hiddenInputs({ path: 'lib/a.ts', text: 'const at = new Date(instantMs)' })).toEqual([])
  })

  it.each([
    "const item = { pk: { S: 'a' } }",
    'const item = { n: { N: String(1) } }',
    'const token = item.token?.S',
    'const names = item.names.L ?? []',
    'const read = ({ M: limit = {} }) => limit',
    "const read = ({ S = '' }) => S",
    'const attribute = { open, BOOL }',
  ])('forbid `%s` outside the store', (text) => {
    expect(spelledAttributes({ path: 'lib/query/a.ts', text })).toHaveLength(1)
    expect(spelledAttributes({ path: 'lib/store/table.ts', text })).toHaveLength(1)
    expect(spelledAttributes({ path: 'lib/store/attribute.ts', text })).toEqual([])
    expect(spelledAttributes({ path: 'test/a.ts', text })).toEqual([])
  })
})
