import type { RejectLine } from '../../lib/records/rejects.ts'
import { type Cells, textCell } from './cells.ts'
import type { Format } from './format.ts'

export const rejectColumns = [
  'arrivedAt',
  'shard',
  'sequenceNumber',
  'field',
  'reason',
  'message',
  'data',
  'dataBase64',
]

/** A rejected record: all of it for programs, and in a table the beginning. */
export function rejectCells(line: RejectLine, format: Format): Cells {
  return [
    textCell('arrivedAt', line.arrivedAt),
    textCell('shard', line.shard),
    textCell('sequenceNumber', line.sequenceNumber),
    textCell('field', line.field),
    textCell('reason', line.reason),
    textCell('message', line.message),
    ...(format === 'table' ? [textCell('data', beginning(line))] : dataCells(line)),
  ]
}

const dataCells = ({ data, dataBase64 }: RejectLine): Cells => [
  textCell('data', data ?? null),
  textCell('dataBase64', dataBase64 ?? null),
]

const shownCharacters = 80

/** A record may have a megabyte. */
function beginning({ data, dataBase64 }: RejectLine): string {
  const text = data ?? `base64:${dataBase64}`
  if (text.length <= shownCharacters) return text
  return `${text.slice(0, shownCharacters).toWellFormed()}…`
}
