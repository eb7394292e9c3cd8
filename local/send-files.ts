import { hash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { Reject } from '../lib/core/index.ts'
import type { Rejects } from '../lib/records/rejects.ts'
import { type InputLine, inputLines } from './input-lines.ts'
import type { LocalPipeline } from './pipeline.ts'
import { type OutgoingRecord, putRecords } from './put-records.ts'

export interface SentFiles {
  /** Lines that hold something, whatever became of them. */
  readonly events: number
  readonly blankLines: number
  /** Why lines could not be sent; they are kept with the rejects. */
  readonly unsent: readonly Reject[]
  /** Files that ended early, each with where. */
  readonly cutShort: readonly string[]
  readonly firstSequenceNumbers: ReadonlyMap<string, string>
  readonly lastSequenceNumbers: ReadonlyMap<string, string>
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
  const unsent: Reject[] = []
  const cutShort: string[] = []
  const keepUnsent = async (line: InputLine, reject: Reject) => {
    unsent.push(reject)
    await appendUnsent(stores.rejects, line, reject)
  }
  const lines = inputLines(files, {
    onBytes: (more) => {
      bytes += more
      onProgress(bytes)
    },
    onBlankLines: (more) => {
      blankLines += more
    },
    onCutShort: async (cut) => {
      cutShort.push(cut.message)
      await keepUnsent(cut, new Reject('cut-short', undefined, cut.message))
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
    onRefused: async (record, { message }) => {
      const line = record as LineRecord
      await keepUnsent(line, new Reject('too-large', undefined, tellUnsent(line, message)))
    },
  })
  return { events, blankLines, unsent, cutShort, firstSequenceNumbers, lastSequenceNumbers }
}

function tellUnsent({ file, line, atByte, bytes, data }: InputLine, message: string): string {
  const where = `line ${line} of ${basename(file)}`
  if (bytes === data.length) return `${where} cannot be sent: ${message}`
  return (
    `${where} cannot be sent: it has ${bytes} bytes. Its first ${data.length} are kept here; ` +
    `the whole line begins at byte ${atByte} of the file's content`
  )
}

/** The lane of a file's rejects stands for the file; the sequence number is the line's. */
async function appendUnsent(
  rejects: Rejects,
  { file, line, data }: InputLine,
  reject: Reject,
): Promise<void> {
  const sequenceNumber = String(line)
  const lane = `file-${hash('sha256', resolve(file)).slice(0, 12)}`
  const cut = { lane, firstSequenceNumber: sequenceNumber, lastSequenceNumber: sequenceNumber }
  const arrivedMs = Date.now()
  await rejects.append(cut, [{ sequenceNumber, subSequenceNumber: 0, arrivedMs, reject, data }])
}
