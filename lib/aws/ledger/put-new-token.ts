import { isDeepStrictEqual } from 'node:util'
import { StorageTrouble } from '../storage-trouble.ts'
import { type Condition, type Item, readText, type Table } from '../table.ts'

/** Others may put theirs meanwhile, each in a few milliseconds. */
const maxTries = 50

/**
 * Puts an item with a new token in the place of whatever is there, and returns the token.
 *
 * The SDK sends a put again when its answer is lost. A plain put would then go over a token that
 * another has put in between, and who had read ours before that could clear what the other's stands
 * for. So it is put on the condition that the item is as we saw it. Throws StorageTrouble.
 */
export async function putNewToken(
  table: Table,
  itemWith: (token: string) => Item,
  newToken: () => string,
): Promise<string> {
  let token = newToken()
  let item = itemWith(token)
  const key = { pk: readText(item, 'pk'), sk: readText(item, 'sk') }
  let seen = await table.get(key)
  for (let tries = 0; tries < maxTries; tries++) {
    const result = await table.put(item, asSeen(seen))
    if (result.written) return token
    seen = result.current ?? (await table.get(key))
    // Our own put, whose answer was lost.
    if (isDeepStrictEqual(seen, item)) return token
    // Should ours have been applied and be gone, somebody may have read its token.
    token = newToken()
    item = itemWith(token)
  }
  const cause = new Error(`others put theirs ${maxTries} times meanwhile`)
  throw new StorageTrouble(`Marking ${key.pk} ${key.sk}`, cause)
}

function asSeen(seen: Item | undefined): Condition {
  return seen === undefined
    ? [{ absent: true }]
    : [{ attribute: 'token', is: '=', value: { S: readText(seen, 'token') } }]
}
