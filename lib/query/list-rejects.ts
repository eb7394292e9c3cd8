import { type Arrival, arrivedWithin } from '../records/arrived-within.ts'
import { type RejectLine, type Rejects, rejectsHour } from '../records/rejects.ts'
import { UnexpectedContent } from '../store/unexpected-content.ts'

/**
 * The records that were rejected and not put back since, each once, in order of arrival by the hour.
 * An object that can't be read is told to `onProblem` and keeps no other from being listed.
 */
export async function* listRejects(
  rejects: Rejects,
  arrived: Arrival | undefined,
  onProblem: (problem: UnexpectedContent) => void,
): AsyncGenerator<RejectLine> {
  const seen = new Set<string>()
  for await (const objectKey of rejects.list()) {
    try {
      if (!arrivedWithin(arrived, rejectsHour(objectKey))) continue
      yield* unseenRejects(rejects, objectKey, seen)
    } catch (error) {
      if (!(error instanceof UnexpectedContent)) throw error
      onProblem(error)
    }
  }
}

/**
 * The records of an object that are wanted and not seen yet; from then on they are. A batch that was
 * delivered again in another cut stands there again.
 */
export async function* unseenRejects(
  rejects: Rejects,
  objectKey: string,
  seen: Set<string>,
  isWanted: (line: RejectLine) => boolean = () => true,
): AsyncGenerator<RejectLine> {
  for await (const line of rejects.read(objectKey)) {
    const { shard, sequenceNumber, subSequenceNumber } = line
    const id = `${shard}#${sequenceNumber}#${subSequenceNumber}`
    if (seen.has(id) || !isWanted(line)) continue
    seen.add(id)
    yield line
  }
}
