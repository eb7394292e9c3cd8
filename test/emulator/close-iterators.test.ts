import { expect, it } from 'vitest'
import { closeIteratorsOnReturn } from '../../emulator/close-iterators.ts'
import { requireOf } from '../../emulator/level-store.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

interface Iterator {
  next(): Promise<unknown>
  return?(): Promise<void>
}

interface Store {
  open(): Promise<void>
  close(): Promise<void>
  keys(): Iterator
  values(): Iterator
}

it('closes the iterators of the embedded DynamoDB when it is done with them', async () => {
  const { Level } = requireOf('dynalite')('level') as { Level: new (path: string) => Store }
  closeIteratorsOnReturn()
  const store = new Level(temporaryFolder())
  await store.open()
  for (const iterator of [store.keys(), store.values()]) {
    await iterator.return?.()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'LEVEL_ITERATOR_NOT_OPEN' })
  }
  await store.close()
})
