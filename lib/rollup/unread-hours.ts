import { acceptanceOf, hourName, type Pipeline } from '../core/index.ts'
import { ledgerHour } from '../ledger/ledger-hour.ts'
import { putNewToken } from '../ledger/put-new-token.ts'
import { contentDigest } from '../store/content-digest.ts'
import { readInteger, readText, type Table } from '../store/table.ts'

/** An hour that was folded from history without the lines that a definition refused. */
export interface UnreadHour {
  readonly hourMs: number
  /** The digest of the definition that refused them. */
  readonly definition: string
  /** How many there were when the hour was last folded under that definition. */
  readonly lines: number
  /** Another at every note, so that no fold's note is taken for an earlier one. */
  readonly token: string
}

/**
 * What folds left out: pk `unread#hour`, sk `<hour>#<definition>`. Each definition has a note of its
 * own, since folds under two of them may meet at an hour, and neither knows whose parts stay.
 */
export interface UnreadHours {
  note(hourMs: number, definition: string, lines: number): Promise<void>
  /** Those of one hour, or of all, oldest first. */
  list(hourMs?: number): AsyncIterable<UnreadHour>
  /** Whether it was removed, which it is not when it was noted again meanwhile. */
  clear(unread: UnreadHour): Promise<boolean>
}

/** The same for two definitions that take the same events. */
export function acceptanceDigest(pipeline: Pipeline): string {
  return contentDigest([Buffer.from(acceptanceOf(pipeline))])
}

const pk = 'unread#hour'

/** `newToken` returns another text each time, on every machine. */
export function createUnreadHours(table: Table, newToken: () => string): UnreadHours {
  const sortKey = (hourMs: number, definition: string) => `${hourName(hourMs)}#${definition}`
  return {
    async note(hourMs, definition, lines) {
      const itemWith = (token: string) => ({
        pk: { S: pk },
        sk: { S: sortKey(hourMs, definition) },
        lines: { N: String(lines) },
        token: { S: token },
      })
      await putNewToken(table, itemWith, newToken)
    },

    async *list(hourMs) {
      const prefix = hourMs === undefined ? '' : sortKey(hourMs, '')
      for await (const item of table.query(pk, prefix === '' ? {} : { prefix })) {
        const [hour = '', definition = ''] = readText(item, 'sk').split('#')
        yield {
          hourMs: ledgerHour(hour),
          definition,
          lines: readInteger(item, 'lines'),
          token: readText(item, 'token'),
        }
      }
    },

    clear: ({ hourMs, definition, token }) =>
      table.delete({ pk, sk: sortKey(hourMs, definition) }, [
        { attribute: 'token', is: '=', value: { S: token } },
      ]),
  }
}
