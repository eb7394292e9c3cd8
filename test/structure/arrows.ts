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

const config = 'pipeline.config.ts'

/** The rooms that all stores of a pipeline are made of, but those of the rollup alone. */
const stores = [
  'lib/core/',
  'lib/contract/',
  'lib/store/',
  'lib/records/',
  'lib/rows/',
  'lib/ledger/',
]

/** The rooms of the library, each with the rooms beneath it that it may use. */
const rooms: readonly Part[] = [
  {
    path: 'lib/contract/',
    files: [],
    packages: [],
    advice: 'the contract is names and defaults that infrastructure and functions share',
  },
  {
    path: 'lib/core/',
    files: [],
    packages: ['temporal-polyfill'],
    advice: 'the core is pure: take what you need as an argument',
  },
  {
    path: 'lib/log/',
    files: ['lib/core/', 'lib/contract/'],
    packages: [],
    advice: 'a log knows nothing of what it is told: take the text as an argument',
  },
  {
    path: 'lib/store/',
    files: ['lib/core/'],
    packages: ['@aws-sdk/', '@smithy/', 'p-map', 'node:'],
    advice:
      'the seams know neither events nor rows; put what an item or object means into lib/rows, lib/records or lib/ledger',
  },
  {
    path: 'lib/records/',
    files: ['lib/core/', 'lib/contract/', 'lib/store/'],
    packages: ['aws-lambda', 'pbf', 'node:'],
    advice: 'records are read and kept as they came; what is made of them belongs to a journey',
  },
  {
    path: 'lib/rows/',
    files: ['lib/core/', 'lib/contract/', 'lib/store/'],
    packages: ['p-map', 'node:'],
    advice: 'rows know the core and the table; who writes them, and why, belongs to a journey',
  },
  {
    path: 'lib/ledger/',
    files: ['lib/core/', 'lib/contract/', 'lib/store/'],
    packages: ['p-map', 'node:'],
    advice: 'the ledger holds what one journey tells another; what one keeps to itself stays there',
  },
  {
    path: 'lib/stream/',
    files: [...stores, 'lib/log/'],
    packages: ['aws-lambda', 'p-map'],
    advice: 'the stream knows no other journey: it tells the rollup by the ledger',
  },
  {
    path: 'lib/rollup/',
    files: [...stores, 'lib/log/'],
    packages: ['p-map', 'node:'],
    advice: 'the rollup knows no other journey: it is told by the ledger',
  },
  {
    path: 'lib/verify/',
    files: [...stores, 'lib/log/', 'lib/rollup/'],
    packages: [],
    advice: 'verify compares what others read and fold; put the reading itself into a store',
  },
  {
    path: 'lib/redrive/',
    files: ['lib/core/', 'lib/contract/', 'lib/store/', 'lib/records/', 'lib/ledger/'],
    packages: ['p-map'],
    advice: 'a redrive writes no row: put reading and writing of records into lib/records',
  },
  {
    path: 'lib/query/',
    files: [...stores, 'lib/rollup/'],
    packages: [],
    advice: 'queries are put together from what stores read; put the reading itself into a store',
  },
  {
    path: 'lib/deployment/',
    files: [...stores, 'lib/rollup/'],
    packages: ['@aws-sdk/', 'node:'],
    advice: 'here stores are put together for a deployment; what they do belongs to their rooms',
  },
  {
    path: 'lib/handlers/',
    files: ['lib/'],
    packages: ['aws-lambda'],
    advice:
      'a handler reads its environment and calls a journey; what that does belongs to its room',
  },
]

/** The arrows of the layout. The first part whose path fits a source is the one it belongs to. */
const parts: readonly Part[] = [
  ...rooms,
  ...['stream-aggregate', 'batch-rollup'].map((name) => ({
    path: `functions/${name}/`,
    files: ['lib/handlers/', config],
    packages: ['node:'],
    advice: 'functions are wiring: move what they do to lib/handlers',
  })),
  {
    path: 'infra/',
    files: ['lib/core/', 'lib/contract/', 'build/', config],
    packages: ['*'],
    advice: 'infra names functions by their path and never loads them',
  },
  {
    path: 'engine/',
    files: [],
    packages: [],
    advice: 'the engine is AssemblyScript: what it needs to know stands in its plan',
  },
  {
    path: 'build/',
    files: [],
    packages: ['*'],
    advice: 'the build names sources by their path and never loads them',
  },
  {
    path: 'emulator/',
    files: [],
    packages: ['*'],
    advice: 'the emulator knows nothing of Twofold: put what does into local/',
  },
  {
    path: 'local/',
    files: ['lib/', 'emulator/', 'build/'],
    packages: ['*'],
    advice: 'local servers run bundles that build/ makes; take the pipeline as an argument',
  },
  {
    path: 'cli/',
    files: ['lib/', 'emulator/', 'local/', 'build/', config],
    packages: ['*'],
    advice: 'commands use lib, local and build; functions are run from their bundles',
  },
  {
    path: 'bench/',
    files: ['lib/', 'emulator/', 'local/', 'build/', 'cli/', config],
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
    files: [
      'lib/',
      'functions/',
      'infra/',
      'build/',
      'emulator/',
      'local/',
      'cli/',
      'bench/',
      config,
    ],
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
