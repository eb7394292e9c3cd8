import { UnexpectedContent } from '../store/unexpected-content.ts'
import { eachUnderWay } from './each-under-way.ts'
import type { RedriveOptions } from './redrive-options.ts'
import { type RedriveFigures, RedriveTally } from './redrive-tally.ts'

const objectsUnderWay = 8

/**
 * Redrives objects one by one. One that is not what it should be is noted and left where it is, and
 * keeps no other from its turn. Throws StorageTrouble; then all is to be done again.
 */
export async function redriveObjects(
  objectKeys: AsyncIterable<string>,
  options: RedriveOptions,
  redriveOne: (objectKey: string, tally: RedriveTally) => Promise<void>,
): Promise<RedriveFigures> {
  const tally = new RedriveTally()
  // Listed whole before anything is moved: what is written meanwhile is none of this redrive's.
  const all = await Array.fromAsync(objectKeys)
  let done = 0
  options.onProgress?.(done, all.length)
  await eachUnderWay(all, objectsUnderWay, async (objectKey) => {
    try {
      await redriveOne(objectKey, tally)
    } catch (error) {
      if (!(error instanceof UnexpectedContent)) throw error
      tally.addProblem({ objectKey, message: error.message })
    }
    options.onProgress?.(++done, all.length)
  })
  return tally.figures(options.nowMs(), options.graceMs)
}
