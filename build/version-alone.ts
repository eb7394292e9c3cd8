import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Keeps the version alone of a package of the AWS SDK's own `package.json`: a client imports the whole
 * of it to tell its version in each request.
 */
export const versionAlone: Plugin = {
  name: 'version-alone',
  setup(build) {
    const packages = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/
    build.onLoad({ filter: packages }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}
