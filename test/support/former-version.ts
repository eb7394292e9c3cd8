import { gzipSync, zstdDecompressSync } from 'node:zlib'
import type { Attribute, Item } from '../../lib/store/attribute.ts'
import type { MemoryWorld } from './world.ts'

/**
 * Puts all that a world holds in zstd in the form of versions that knew gzip only: the objects, and the
 * ledger's names of them. Its marks of attempts say nothing of how their parts are compressed.
 */
export async function asFormerVersion(world: MemoryWorld): Promise<void> {
  for (const { key } of await Array.fromAsync(world.objects.list(''))) {
    if (!key.endsWith('.zst')) continue
    const body = Buffer.concat(await Array.fromAsync((await world.objects.get(key)) ?? []))
    await world.objects.put(formerName(key), gzipSync(zstdDecompressSync(body)))
    await world.objects.delete([key])
  }
  for (const item of await Array.fromAsync(world.ledger.scan())) {
    await world.ledger.put(formerItem(item))
  }
}

const formerName = (name: string) => name.replace(/\.zst$/, '.gz')

const formerItem = (item: Item): Item =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, formerValue(value)]))

function formerValue(value: Attribute): Attribute {
  if (value.S !== undefined) return { S: formerName(value.S) }
  if (value.L !== undefined) return { L: value.L.map(formerValue) }
  if (value.M === undefined) return value
  const { ending: _, ...others } = value.M
  return { M: formerItem(others) as Record<string, Attribute> }
}
