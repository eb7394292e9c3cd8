import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allFaultKinds } from '../../emulator/faults/fault-kinds.ts'
import { mutants } from '../mutants/mutants.ts'
import { faults } from '../simulation/faults.ts'
import { anchorsOf, linksOf, namedMutants, namedPaths } from './mentions.ts'

const root = resolve(import.meta.dirname, '../..')

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))

/** What was is told by its former names. */
const ofToday = documents.filter(({ name }) => name !== 'CHANGELOG.md')

const pages = documents.filter(({ name }) => /^docs\/[^/]+\.md$/.test(name))

const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

describe('documents', () => {
  it('name no file or folder that is not there', () => {
    const missing = ofToday.flatMap(({ name, text }) =>
      namedPaths(text, folders)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${name}: ${path}`),
    )
    expect(missing).toEqual([])
  })

  it('link to what is there', () => {
    const broken = documents.flatMap(({ name, text }) =>
      linksOf(text)
        .filter(({ path, anchor }) => !leadsSomewhere(name, path, anchor))
        .map(({ path, anchor }) => `${name}: ${path}#${anchor}`),
    )
    expect(broken).toEqual([])
  })

  it('name no mutant that there is not', () => {
    const names: readonly string[] = mutants.map(({ name }) => name)
    const named = pages.flatMap(({ text }) => namedMutants(text))
    expect(named.filter((name) => !names.includes(name))).toEqual([])
    expect(named.length).toBeGreaterThan(20)
  })

  it.each([...faults, ...allFaultKinds])('say why the fault `%s` is survived', (fault) => {
    const row = new RegExp(`^\\|(?: \`[^|]+\`,)*? \`${fault}\`(?:, \`[^|]+\`)* \\| \\S`, 'm')
    expect(pages.some(({ text }) => row.test(text))).toBe(true)
  })
})

function leadsSomewhere(from: string, path: string, anchor: string): boolean {
  const target = path === '' ? join(root, from) : join(root, dirname(from), path)
  if (!existsSync(target)) return false
  return anchor === '' || anchorsOf(readFileSync(target, 'utf8')).includes(anchor)
}

describe('what a document mentions', () => {
  it('is found in its text', () => {
    const text = [
      '# A title: with `code`',
      'See `lib/core/key.ts`, [the room](../lib/core), `npm run x`, `lib/store/…`,',
      '[below](#a-title-with-code), `history/<date>/`, `-c a=b`, `lib/core/index.ts:3`.',
      'mutants "one `a`", "two"; not "three"',
    ].join('\n')
    expect(namedPaths(text, ['lib'])).toEqual(['lib/core/key.ts'])
    expect(linksOf(text)).toEqual([
      { path: '../lib/core', anchor: '' },
      { path: '', anchor: 'a-title-with-code' },
    ])
    expect(anchorsOf(text)).toEqual(['a-title-with-code'])
    expect(namedMutants(text)).toEqual(['one `a`', 'two'])
  })
})
