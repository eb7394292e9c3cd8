import { readFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import type { Plugin } from 'esbuild'

/**
 * Compresses the WebAssembly of the engine in a bundle, which is base64 in the sources: by more than
 * half. It is unpacked when the bundle is loaded, in a fraction of a millisecond.
 */
export const packEngine: Plugin = {
  name: 'pack-engine',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]lib[\\/]core[\\/]engine[\\/]engine-module\.ts$/ },
      async ({ path }) => {
        const source = await readFile(path, 'utf8')
        const [, base64] = /'([A-Za-z0-9+/=]+)'/.exec(source) ?? []
        if (base64 === undefined) throw new Error(`${path} holds no base64`)
        const packed = brotliCompressSync(Buffer.from(base64, 'base64')).toString('base64')
        const contents = `import { brotliDecompressSync } from 'node:zlib'
const packed = Buffer.from('${packed}', 'base64')
export const engineModule = brotliDecompressSync(packed).toString('base64')`
        return { contents, loader: 'js' }
      },
    )
  },
}
