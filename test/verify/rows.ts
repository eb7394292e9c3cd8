import { encodeKey } from '../../lib/core/index.ts'
import { laneRows } from '../../lib/rows/minute-lanes.ts'
import { minuteRowKey } from '../../lib/rows/row-key.ts'
import { stateAttributes } from '../../lib/rows/stored-state.ts'
import { keptFor } from '../support/kept-for.ts'
import { byProduct, type Sale, stateOf } from '../support/sales.ts'
import { at } from '../support/steps.ts'
import { retentionMs, type World } from '../support/world.ts'

const bucketCount = 4
const shard = 'shardId-000000000001'

/** The key of a row of `by-product` in a minute of the 16th, such as `10:05`. */
export const rowKey = (product: string, time: string, lane = shard) =>
  minuteRowKey(byProduct, bucketCount, encodeKey([product]), at(`16T${time}:00`), lane)

/** Puts a row of `by-product` as nobody should. */
export async function putRow(world: World, product: string, time: string, of: Sale, lane = shard) {
  const expiresAtMs = keptFor(retentionMs).expiryMs(at(`16T${time}:00`))
  await world.minutes.put({
    ...laneRows.item(rowKey(product, time, lane), { through: '1', expiresAtMs }),
    ...stateAttributes(byProduct, stateOf(of)),
  })
}

/** Deletes all lanes of a row of `by-product`. */
export async function deleteRow(world: World, product: string, time: string): Promise<void> {
  const { pk, sk } = rowKey(product, time, '')
  const lanes = await Array.fromAsync(world.minutes.query(pk, { prefix: sk }))
  await world.minutes.writeAll(lanes.map((item) => ({ delete: { pk, sk: item.sk?.S ?? '' } })))
}
