import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** One schema of the SDK: a constant array that spans lines and ends at the margin. */
const schema = /^(export var \w+\$ = )(\[.*\n(?: .*\n)*\]);$/gm

/**
 * Lets unused schemas of the AWS SDK fall out of a bundle. Each is a constant array, but its computed
 * keys keep esbuild from seeing that nothing happens when it is made, so that a function which puts
 * one object would carry the schemas of all of S3's operations. Says that making one has no effect.
 */
export const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup(build) {
    const schemas = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/
    build.onLoad({ filter: schemas }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replace(schema, '$1/* @__PURE__ */ (() => $2)();'), loader: 'js' }
    })
  },
}
