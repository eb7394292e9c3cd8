import { hash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import type { Rejects } from '../lib/aws/rejects.ts'
import { Reject } from '../lib/core/index.ts'
import { type InputLine, inputLines } from '../local/input-lines.ts'
import type { LocalPipeline } from '../local/pipeline.ts'
import { type OutgoingRecord, putRecords } from '../local/put-records.ts'

export interface SentFiles {
  /** Lines that hold something, whatever became of them. */
  readonly events: number
  readonly blankLines: number
  /** Lines that could not be sent; they are kept with the rejects. */
  readonly unsent: readonly UnsentLine[]
  /** Files that ended early, each with where. */
  readonly cutShort: readonly string[]
  readonly firstSequenceNumbers: ReadonlyMap<string, string>
  readonly lastSequenceNumbers: ReadonlyMap<string, string>
}

interface UnsentLine extends InputLine {
  readonly reject: Reject
}

interface LineRecord extends OutgoingRecord, InputLine {}

/** Sends every line of the files into the stream, and keeps those that it can't take as rejects. */
export async function sendFiles(
  { clients, stream, stores }: LocalPipeline,
  files: readonly string[],
  onProgress: (bytes: number) => void,
): Promise<SentFiles> {
  let events = 0
  let blankLines = 0
  let bytes = 0
  const unsent: UnsentLine[] = []
  const cutShort: string[] = []
  const lines = inputLines(files, {
    onBytes: (more) => {
      bytes += more
      onProgress(bytes)
    },
    onBlankLine: () => blankLines++,
    onCutShort: (cut) => {
      cutShort.push(cut.message)
      unsent.push({ ...cut, reject: new Reject('cut-short', undefined, cut.message) })
    },
  })
  const records = async function* (): AsyncGenerator<LineRecord> {
    for await (const line of lines) {
      events++
      // Any even spread over the shards will do, and the same line goes to the same shard.
      yield { ...line, partitionKey: hash('md5', line.data) }
    }
  }
  const { firstSequenceNumbers, lastSequenceNumbers } = await putRecords({
    kinesis: clients.kinesis,
    stream,
    records: records(),
    onRefused: (record, { message }) => unsent.push(unsentLine(record as LineRecord, message)),
  })
  await keepUnsent(stores.rejects, unsent)
  return { events, blankLines, unsent, cutShort, firstSequenceNumbers, lastSequenceNumbers }
}

function unsentLine({ file, line, data }: InputLine, why: string): UnsentLine {
  const message = `line ${line} of ${basename(file)} cannot be sent: ${why}`
  return { file, line, data, reject: new Reject('too-large', undefined, message) }
}

/** The lane of a file's rejects stands for the file; the sequence number is the line's. */
async function keepUnsent(rejects: Rejects, unsent: readonly UnsentLine[]): Promise<void> {
  const arrivedMs = Date.now()
  for (const { file, line, data, reject } of unsent) {
    const sequenceNumber = String(line)
    const lane = `file-${hash('sha256', resolve(file)).slice(0, 12)}`
    const cut = { lane, firstSequenceNumber: sequenceNumber, lastSequenceNumber: sequenceNumber }
    await rejects.append(cut, [{ sequenceNumber, subSequenceNumber: 0, arrivedMs, reject, data }])
  }
}
