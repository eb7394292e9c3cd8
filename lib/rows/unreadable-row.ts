import { keyOf } from '../store/record.ts'
import type { Item } from '../store/table.ts'

export type RowTable = 'minutes' | 'rollups'

/**
 * A row does not hold what a row of its table does: bad data, which no retry mends. The message may go
 * to a log and so names neither key nor value; `told` does, for a person.
 */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow'
  readonly table: RowTable
  readonly told: string

  constructor(table: RowTable, item: Item, cause: unknown) {
    const { pk, sk } = keyOf(item)
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`a row of the table ${table} cannot be read`)
    this.table = table
    this.told = `the row pk "${pk}", sk "${sk}" of the table ${table} cannot be read: ${why}`
  }
}

/** Runs what decodes a row. Throws UnreadableRow with the row's keys where it throws. */
export function decodeRow<Row>(table: RowTable, item: Item, decode: () => Row): Row {
  try {
    return decode()
  } catch (cause) {
    throw new UnreadableRow(table, item, cause)
  }
}
