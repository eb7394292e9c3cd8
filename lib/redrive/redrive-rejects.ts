import { prefixes } from '../contract/prefixes.ts'
import { type Definition, hourStart, Reject } from '../core/index.ts'
import { arrivedWithin } from '../records/arrived-within.ts'
import { decodeRejected, type RejectLine, rejectedData, rejectsHour } from '../records/rejects.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'
import { putBack, type TakenRecord } from './put-back.ts'
import { redriveObjects } from './redrive-objects.ts'
import type { RedriveOptions, RedriveStores } from './redrive-options.ts'
import type { RedriveFigures, RedriveTally } from './redrive-tally.ts'

/**
 * Puts back rejected records that the definition of today takes: history first, then the marks of
 * their hours, and only then they leave `rejected/`, for `redriven/`. Records that are refused still
 * stay, with the reason that they came with. Done again after a crash, twice, or by two at once, it
 * comes to the same. Throws StorageTrouble.
 */
export function redriveRejects(
  definition: Definition,
  stores: RedriveStores,
  options: RedriveOptions,
): Promise<RedriveFigures> {
  return redriveObjects(stores.rejects.list(), options, async (objectKey, tally) => {
    if (arrivedWithin(options.arrived, rejectsHour(objectKey))) {
      await redriveObject(definition, stores, options, objectKey, tally)
    }
  })
}

async function redriveObject(
  definition: Definition,
  stores: RedriveStores,
  options: RedriveOptions,
  objectKey: string,
  tally: RedriveTally,
): Promise<void> {
  const lines = await Array.fromAsync(stores.rejects.read(objectKey))
  const [first] = lines
  // Another redrive has moved it since it was listed.
  if (first === undefined) return
  if (lines.some(({ shard }) => shard !== first.shard)) {
    throw new UnexpectedContent(objectKey, 'holds records of more than one shard')
  }
  tally.addObject()
  const { taken, refused } = sort(definition, lines, tally)
  if (options.dryRun || taken.length === 0) return
  await putBack(stores, first.shard, taken, options.nowMs())
  const takenLines = taken.map(({ line }) => line)
  await moveTaken(stores, objectKey, takenLines, refused)
}

function sort(definition: Definition, lines: readonly RejectLine[], tally: RedriveTally) {
  const taken: (TakenRecord & { readonly line: RejectLine })[] = []
  const refused: RejectLine[] = []
  for (const line of lines) {
    const event = decodeRejected(definition, line)
    const hourOrReject = event instanceof Reject ? event : hourStart(event.timeMs)
    tally.addRecord(line, hourOrReject)
    if (hourOrReject instanceof Reject) {
      refused.push(line)
      continue
    }
    const { sequenceNumber } = line
    taken.push({ line, sequenceNumber, hourMs: hourOrReject, data: rejectedData(line) })
  }
  return { taken, refused }
}

/**
 * What is left goes into an object of its own before the one that it was in is deleted. No object
 * is ever overwritten by another content, so neither a second redrive nor a batch that comes again
 * under another definition can take a record from one's sight.
 */
async function moveTaken(
  { rejects, objects }: RedriveStores,
  objectKey: string,
  taken: readonly RejectLine[],
  refused: readonly RejectLine[],
): Promise<void> {
  await rejects.putLines(objectKey, taken, prefixes.redriven)
  const left = refused.length > 0 ? await rejects.putLines(objectKey, refused) : undefined
  if (left !== objectKey) await objects.delete([objectKey])
}
