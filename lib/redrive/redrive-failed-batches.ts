import { decodeEvent, hourStart, type Pipeline, Reject } from '../core/index.ts'
import { arrivedWithin } from '../records/arrived-within.ts'
import { createFailedBatches } from '../records/failed-batches.ts'
import type { KinesisBatch } from '../records/kinesis-batch.ts'
import type { RejectedRecord } from '../records/rejects.ts'
import { putBack, type TakenRecord } from './put-back.ts'
import { redriveObjects } from './redrive-objects.ts'
import { type RedriveOptions, type RedriveStores, redrivenFolder } from './redrive-options.ts'
import type { RedriveFigures, RedriveTally } from './redrive-tally.ts'

/**
 * Puts back batches that the event source mapping gave up on, whatever part of them was applied
 * before: events into history, records that are refused among the rejects, then the marks of the
 * hours, and only then the object leaves `aws/lambda/`, for `redriven/`. Done again after a crash,
 * twice, or by two at once, it comes to the same. Throws StorageTrouble.
 */
export function redriveFailedBatches(
  pipeline: Pipeline,
  stores: RedriveStores,
  options: RedriveOptions,
): Promise<RedriveFigures> {
  const batches = createFailedBatches(stores.objects)
  return redriveObjects(batches.list(), options, async (objectKey, tally) => {
    const failed = await batches.read(objectKey)
    // Another redrive has moved it since it was listed.
    if (failed === undefined) return
    const { batch, body } = failed
    if (!arrivedWithin(options.arrived, batch.records[0]?.arrivedMs ?? batch.arrivedMs)) return
    const { taken, rejected } = sort(pipeline, batch, tally)
    if (options.dryRun) return

    const { shard, firstSequenceNumber, lastSequenceNumber } = batch
    const cut = { lane: shard, firstSequenceNumber, lastSequenceNumber }
    await stores.rejects.append(cut, rejected)
    await putBack(stores, shard, taken, options.nowMs())
    await stores.objects.put(`${redrivenFolder}${objectKey}`, body)
    await stores.objects.delete([objectKey])
  })
}

/** As the stream function would have taken them: by the time of each record's own arrival. */
function sort(pipeline: Pipeline, batch: KinesisBatch, tally: RedriveTally) {
  const taken: TakenRecord[] = []
  const rejected: RejectedRecord[] = []
  tally.addObject()
  for (const record of batch.records) {
    const event = decodeEvent(pipeline, record.data, record.arrivedMs)
    const hourOrReject = event instanceof Reject ? event : hourStart(event.timeMs)
    tally.addRecord({ shard: batch.shard, ...record }, hourOrReject)
    if (hourOrReject instanceof Reject) rejected.push({ ...record, reject: hourOrReject })
    else taken.push({ ...record, hourMs: hourOrReject })
  }
  return { taken, rejected }
}
