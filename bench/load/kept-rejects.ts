import type { Rejects } from '../../lib/records/rejects.ts'

/** How many different records are kept as rejected; one that was delivered again is no other. */
export async function countRejectedEvents(rejects: Rejects): Promise<number> {
  const found = new Set<string>()
  for await (const objectKey of rejects.list()) {
    for await (const { data } of rejects.read(objectKey)) if (data !== undefined) found.add(data)
  }
  return found.size
}
