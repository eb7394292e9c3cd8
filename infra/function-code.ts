import { dirname } from 'node:path'
import { bundleFunction } from '../build/function-bundle.ts'

/** The folders of the functions' bundles, each with its `index.mjs`. */
export interface FunctionCode {
  readonly streamAggregate: string
  readonly batchRollup: string
}

/** Bundles both functions into a folder. What is in them does not depend on where that is. */
export async function bundleFunctions(folder: string): Promise<FunctionCode> {
  const [streamAggregate, batchRollup] = await Promise.all([
    bundleFunction('stream-aggregate', folder),
    bundleFunction('batch-rollup', folder),
  ])
  return {
    streamAggregate: dirname(streamAggregate.file),
    batchRollup: dirname(batchRollup.file),
  }
}
