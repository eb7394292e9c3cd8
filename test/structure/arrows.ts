import { type Import, unreadable } from './source-imports.ts'

/** One part of the project and what it may import. Its own files are always allowed. */
interface Part {
  /** A folder, with its `/`, or a file. */
  readonly path: string
  /** Folders (with `/`) and files of the project. */
  readonly files: readonly string[]
  /** Packages: a name, a scope with `/`, or `node:`; `*` for any. */
  readonly packages: readonly string[]
  /** What to do instead, for the message. */
  readonly advice: string
}

const awsPackages = ['@aws-sdk/', '@smithy/', 'p-map', 'pbf', 'aws-lambda', 'node:']
const config = 'pipeline.config.ts'

/** The arrows of the layout. The first part whose path fits a source is the one it belongs to. */
const parts: readonly Part[] = [
  {
    path: 'lib/core/',
    files: [],
    packages: ['temporal-polyfill'],
    advice: 'the core is pure: take what you need as an argument',
  },
  {
    path: 'lib/aws/',
    files: ['lib/core/'],
    packages: awsPackages,
    advice: 'stores know the core and AWS only; move logic that both sides need to lib/core',
  },
  {
    path: 'lib/query/',
    files: ['lib/core/', 'lib/aws/'],
    packages: [],
    advice:
      'queries are put together from lib/aws and lib/core; put the reading itself into a store',
  },
  {
    path: 'lib/redrive/',
    files: ['lib/core/', 'lib/aws/'],
    packages: ['p-map'],
    advice: 'a redrive is put together from stores: put reading and writing into lib/aws',
  },
  {
    path: 'lib/verify/',
    files: ['lib/core/', 'lib/aws/'],
    packages: [],
    advice: 'verify compares what lib/aws reads; put the reading itself into a store',
  },
  ...[
    { name: 'stream-aggregate', verifies: [] },
    { name: 'batch-rollup', verifies: ['lib/verify/'] },
  ].map(({ name, verifies }) => ({
    path: `functions/${name}/`,
    files: ['lib/core/', 'lib/aws/', ...verifies, config],
    packages: ['aws-lambda', 'node:', 'p-map'],
    advice: 'functions are wiring: move what two of them share to lib/aws or lib/core',
  })),
  {
    path: 'infra/',
    files: ['lib/core/', 'build/', config],
    packages: ['*'],
    advice: 'infra names functions by their path and never loads them',
  },
  {
    path: 'build/',
    files: [],
    packages: ['*'],
    advice: 'the build names sources by their path and never loads them',
  },
  {
    path: 'local/',
    files: ['lib/', 'build/'],
    packages: ['*'],
    advice: 'local servers run bundles that build/ makes; take the pipeline as an argument',
  },
  {
    path: 'cli/',
    files: ['lib/', 'local/', 'build/', config],
    packages: ['*'],
    advice: 'commands use lib, local and build; functions are run from their bundles',
  },
  {
    path: 'bench/',
    files: ['lib/', 'local/', 'build/', 'cli/', config],
    packages: ['*'],
    advice: 'functions are measured from their bundles',
  },
  {
    path: config,
    files: ['lib/core/'],
    packages: [],
    advice: 'the pipeline is declared with lib/core alone',
  },
  {
    path: 'vitest.config.ts',
    files: [],
    packages: ['*'],
    advice: 'the configuration of the tests loads no source',
  },
  {
    path: 'test/oracle/',
    files: ['test/data/'],
    packages: ['node:', 'vitest'],
    advice: 'the oracle shares no code with what it checks: write it a second time, simply',
  },
  {
    path: 'test/data/',
    files: ['test/oracle/'],
    packages: ['node:', 'vitest'],
    advice: 'test input is made without the code that it is for',
  },
  {
    path: 'test/',
    files: ['lib/', 'functions/', 'infra/', 'build/', 'local/', 'cli/', 'bench/', config],
    packages: ['*'],
    advice: 'add the new folder to test/structure',
  },
]

/** What is wrong with an import, and what to do; undefined where it follows an arrow. */
export function wrongArrow({ from, specifier, target }: Import): string | undefined {
  const part = parts.find(({ path }) => covers(path, from))
  if (part === undefined) {
    return `${from} belongs to no part: add its folder to test/structure/arrows.ts`
  }
  if (specifier === unreadable) {
    if (part.packages.includes('*')) return undefined
    return `${from} imports an expression: write the path as plain text`
  }
  const relative = specifier.startsWith('.')
  const allowed = relative
    ? [part.path, ...part.files].some((path) => covers(path, target))
    : part.packages.some((name) => isOfPackage(name, specifier))
  if (allowed) return undefined
  return `${from} must not import ${relative ? target : specifier}: ${part.advice}`
}

function covers(path: string, file: string): boolean {
  return path.endsWith('/') ? file.startsWith(path) : file === path
}

function isOfPackage(name: string, specifier: string): boolean {
  if (name === '*') return true
  if (name.endsWith('/') || name.endsWith(':')) return specifier.startsWith(name)
  return specifier === name || specifier.startsWith(`${name}/`)
}
