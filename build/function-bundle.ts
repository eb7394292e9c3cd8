import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { packEngine } from './pack-engine.ts'
import { shakeSchemas } from './shake-schemas.ts'
import { versionAlone } from './version-alone.ts'

export type FunctionName = 'stream-aggregate' | 'batch-rollup'

export type FunctionBundle = {
  /** The absolute path of the bundle, an ES module that exports `handler`. */
  readonly file: string
  readonly bytes: number
}

const projectRoot = fileURLToPath(new URL('..', import.meta.url))

const standIn = (file: string) => join(projectRoot, 'build', file)

/**
 * The options that make a bundle for Lambda's `nodejs24.x`, without entry and output. The SDK goes
 * in, since the one that Lambda brings along is of another version and slower to load.
 */
const bundleOptions = {
  absWorkingDir: projectRoot,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Packages in module form lose what is not used.
  mainFields: ['module', 'main'],
  minify: true,
  plugins: [shakeSchemas, versionAlone, packEngine],
  // What no request of a function needs stays out; each of these says why it can.
  alias: {
    '@aws-sdk/credential-provider-node': standIn('lambda-credentials.ts'),
    '@aws-sdk/middleware-endpoint-discovery': standIn('no-endpoint-discovery.ts'),
    '@smithy/core/event-streams': standIn('no-event-streams.ts'),
  },
  sourcemap: 'linked',
  // Packages in CommonJS form call `require`, which a module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions

/**
 * Bundles a function, the same way for a run on this machine and for Lambda, to
 * `<outDir>/<name>/index.mjs`, with its source map beside it.
 */
export function bundleFunction(name: FunctionName, outDir: string): Promise<FunctionBundle> {
  const entry = join(projectRoot, 'functions', name, 'handler.ts')
  return bundleEntry(entry, join(outDir, name))
}

/** Bundles the module `entry` to `<outDir>/index.mjs`. The bytes do not depend on `outDir`. */
export async function bundleEntry(entry: string, outDir: string): Promise<FunctionBundle> {
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: [entry],
    // The source map names sources relative to this path, so it must be the same for every outDir.
    outfile: join(projectRoot, 'build', 'index.mjs'),
    write: false,
    logLevel: 'silent',
  })
  await mkdir(outDir, { recursive: true })
  const written = await Promise.all(
    outputFiles.map(async ({ path, contents }) => {
      const file = join(outDir, basename(path))
      await writeFile(file, contents)
      return { file, bytes: contents.byteLength }
    }),
  )
  const bundle = written.find(({ file }) => file.endsWith('index.mjs'))
  if (bundle === undefined) throw new Error(`esbuild made no bundle of ${entry}`)
  return bundle
}
