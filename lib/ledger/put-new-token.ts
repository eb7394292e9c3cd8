import { isDeepStrictEqual } from 'node:util'
import { absent, keyOf, recordOf, text } from '../store/record.ts'
import { StorageTrouble } from '../store/storage-trouble.ts'
import type { Condition, Item, Table } from '../store/table.ts'

/** Others may put theirs meanwhile, each in a few milliseconds. */
const maxTries = 50

/** What every item with a token holds, whatever else it does. */
const tokens = recordOf({ token: text() })

/**
 * Whether a token that another puts meanwhile does as well. It was put after we began, so whoever
 * reads it finds all that we wrote before. Without this, one of hundreds that mark one hour at a time
 * would be refused again and again.
 */
interface PutOptions {
  readonly anothersDoes: boolean
}

/**
 * Puts an item with a new token in the place of whatever is there, and returns the token that is
 * there then.
 *
 * The SDK sends a put again when its answer is lost. A plain put would then go over a token that
 * another has put in between, and who had read ours before that could clear what the other's stands
 * for. So it is put on the condition that the item is as we saw it. Throws StorageTrouble.
 */
export async function putNewToken(
  table: Table,
  itemWith: (token: string) => Item,
  newToken: () => string,
  { anothersDoes }: PutOptions = { anothersDoes: false },
): Promise<string> {
  let token = newToken()
  let item = itemWith(token)
  const key = keyOf(item)
  let seen = await table.get(key)
  for (let tries = 0; tries < maxTries; tries++) {
    const result = await table.put(item, asSeen(seen))
    if (result.written) return token
    seen = result.current ?? (await table.get(key))
    // Our own put, whose answer was lost.
    if (isDeepStrictEqual(seen, item)) return token
    // Not at the first refusal: an old put that comes late may have been what refused us.
    if (anothersDoes && tries > 0 && seen !== undefined) return tokens.read(seen).token
    // Should ours have been applied and be gone, somebody may have read its token.
    token = newToken()
    item = itemWith(token)
  }
  const cause = new Error(`others put theirs ${maxTries} times meanwhile`)
  throw new StorageTrouble(`Marking ${key.pk} ${key.sk}`, cause)
}

function asSeen(seen: Item | undefined): Condition {
  return [seen === undefined ? absent : tokens.is('token', tokens.read(seen).token)]
}
