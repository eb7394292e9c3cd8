import pMap from 'p-map'

/**
 * Works on some at the same time. After a failure none is begun any more, and it is thrown once
 * none is under way: what came later than this answer could undo what its caller does next.
 */
export async function eachUnderWay<Item>(
  items: Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const workOnOne = async (item: Item) => {
    if (failures.length > 0) return
    try {
      await work(item)
    } catch (failure) {
      failures.push(failure)
    }
  }
  await pMap(items, workOnOne, { concurrency })
  if (failures.length > 0) throw failures[0]
}
