import { prefixes } from '../contract/prefixes.ts'
import type { Definition } from '../core/index.ts'
import { arrivedWithin } from '../records/arrived-within.ts'
import { createFailedBatches } from '../records/failed-batches.ts'
import { decodeRecords, type KinesisBatch } from '../records/kinesis-batch.ts'
import type { RejectedRecord } from '../records/rejects.ts'
import { putBack, type TakenRecord } from './put-back.ts'
import { redriveObjects } from './redrive-objects.ts'
import type { RedriveOptions, RedriveStores } from './redrive-options.ts'
import type { RedriveFigures, RedriveTally } from './redrive-tally.ts'

/**
 * Puts back batches that the event source mapping gave up on, whatever part of them was applied
 * before: events into history, records that are refused among the rejects, then the marks of the
 * hours, and only then the object leaves `aws/lambda/`, for `redriven/`. Done again after a crash,
 * twice, or by two at once, it comes to the same. Throws StorageTrouble.
 */
export function redriveFailedBatches(
  definition: Definition,
  stores: RedriveStores,
  options: RedriveOptions,
): Promise<RedriveFigures> {
  const batches = createFailedBatches(stores.objects)
  return redriveObjects(batches.list(), options, async (objectKey, tally) => {
    const failed = await batches.read(objectKey)
    // Another redrive has moved it since it was listed.
    if (failed === undefined) return
    const { batch, body } = failed
    if (!arrivedWithin(options.arrived, batch.records.arrivedMs[0] ?? batch.arrivedMs)) return
    const { taken, rejected } = sort(definition, batch, tally)
    if (options.dryRun) return

    const { shard, firstSequenceNumber, lastSequenceNumber } = batch
    const cut = { lane: shard, firstSequenceNumber, lastSequenceNumber }
    await stores.rejects.append(cut, rejected)
    await putBack(stores, shard, taken, options.nowMs())
    await stores.objects.put(`${prefixes.redriven}${objectKey}`, body)
    await stores.objects.delete([objectKey])
  })
}

/** As the stream function would have taken them: by the time of each record's own arrival. */
function sort(definition: Definition, batch: KinesisBatch, tally: RedriveTally) {
  const taken: TakenRecord[] = []
  const rejected: RejectedRecord[] = []
  tally.addObject()
  const { rejects, hours } = decodeRecords(definition, batch.records)
  for (const [line, record] of [...batch.records].entries()) {
    const reject = rejects.get(line)
    const hourMs = hours[line] as number
    tally.addRecord({ shard: batch.shard, ...record }, reject ?? hourMs)
    if (reject === undefined) taken.push({ ...record, hourMs })
    else rejected.push({ ...record, reject })
  }
  return { taken, rejected }
}
