import type { SourceFile } from './source-files.ts'
import { withoutComments } from './source-imports.ts'

const maxLines = 250

/** Tables of cases, which are longer than what they are for. */
const mayBeLong = /^test\/.*(?:\.test|-conformance)\.ts$/

/** Words that say nothing of what a file holds. */
const emptyWords = ['util', 'utils', 'helper', 'helpers', 'manager', 'service', 'misc', 'common']

const kebabFile = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|property\.test|config|d))?\.ts$/
const kebabFolder = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

interface Hidden {
  readonly what: string
  readonly pattern: RegExp
  readonly advice: string
}

/** Input that no caller can see or choose. */
const hiddenInput: readonly Hidden[] = [
  {
    what: 'new Date()',
    pattern: /\bnew\s+Date\b(?!\s*\(\s*[^)\s])/,
    advice: 'take the clock as an argument',
  },
  { what: 'Date.now', pattern: /\bDate\s*\.\s*now\b/, advice: 'take the clock as an argument' },
  {
    what: 'process.env',
    pattern: /\bprocess\s*(?:\?\.|\.|\[\s*['"])\s*env\b/,
    advice: 'read the environment once, at the edge, and take what you need as an argument',
  },
  {
    what: 'Math.random',
    pattern: /\bMath\s*\.\s*random\b/,
    advice: 'take the source of chance as an argument',
  },
]

/** What is wrong with a file's name, and what to do. */
export function wrongNames(path: string): string[] {
  const folders = path.split('/')
  const file = folders.pop() ?? ''
  const problems: string[] = []
  if (!kebabFile.test(file) || !folders.every((folder) => kebabFolder.test(folder))) {
    problems.push(`${path} is not in kebab-case: rename it like "minute-rows.ts"`)
  }
  const words = path.toLowerCase().split(/[^a-z0-9]+/)
  for (const word of emptyWords.filter((each) => words.includes(each))) {
    problems.push(`${path} is named "${word}": name it after the one thing that it holds`)
  }
  return problems
}

/** What is wrong with the length of a file, and what to do. Tests may be longer. Functions are bounded in biome.json. */
export function wrongLength({ path, text }: SourceFile): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length
  if (mayBeLong.test(path) || lines <= maxLines) return []
  return [`${path} has ${lines} lines, over ${maxLines}: split it along what it does`]
}

/** Hidden input in a file of the library, and what to do. */
export function hiddenInputs({ path, text }: SourceFile): string[] {
  if (!path.startsWith('lib/')) return []
  const code = withoutComments(text)
  return hiddenInput
    .filter(({ pattern }) => pattern.test(code))
    .map(({ what, advice }) => `${path} uses ${what}: ${advice}`)
}

/** Where attributes may be spelt as DynamoDB spells them. */
const spelling = ['lib/store/attribute.ts', 'lib/store/memory/']

const speaksOfItems = /^(?:lib|functions|cli|local|bench)\//
const spelledAttribute = /[{,]\s*(?:S|N|B|BOOL|L|M)\s*[:=,}]|\.\s*(?:S|N|B|BOOL|L|M)\b/

/** Attributes that are written or read by hand, and what to do. */
export function spelledAttributes({ path, text }: SourceFile): string[] {
  if (!speaksOfItems.test(path)) return []
  if (spelling.some((place) => path.startsWith(place))) return []
  const found = spelledAttribute.exec(withoutComments(text))
  if (found === null) return []
  return [
    `${path} spells an attribute of DynamoDB, "${found[0]}": say what its items hold by recordOf of lib/store/record.ts`,
  ]
}
