import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Where the compiled engine is kept as a source, so that whoever runs Twofold needs no compiler of it. */
export const engineModuleFile = join(projectRoot, 'lib/core/engine/engine-module.ts')

const options = ['index.ts', '--outFile', 'engine.wasm', '--runtime', 'stub', '--noAssert']
const optimized = ['-O3', '--converge']

/**
 * The source of `engine-module.ts` as the AssemblyScript of `engine/`, or of another folder, makes it.
 * `quickly` leaves optimizing out, for an engine that is tried but once.
 */
export async function compileEngine(
  folder: string = join(projectRoot, 'engine'),
  how: 'well' | 'quickly' = 'well',
): Promise<string> {
  let wasm: Uint8Array | undefined
  const all = [...options, '--enable', 'simd', ...(how === 'well' ? optimized : [])]
  const { error, stderr } = await asc.main(all, {
    readFile: (name, baseDir) => readSource(join(folder, baseDir, name)),
    writeFile(_name, contents) {
      wasm = contents as Uint8Array
    },
    listFiles: () => [],
  })
  if (error !== null || wasm === undefined) {
    throw new Error(`The engine does not compile: ${stderr.toString()}`, { cause: error })
  }
  return `/** Made of engine/ by \`npm run build:engine\`: its WebAssembly in base64. */
export const engineModule =
  '${Buffer.from(wasm).toString('base64')}'
`
}

/** Null where there is no such file, as the compiler asks for several names. */
async function readSource(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

if (import.meta.main) await writeFile(engineModuleFile, await compileEngine())
