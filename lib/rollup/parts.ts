import { createHash } from 'node:crypto'
import type { EncodedState, Lines, PartRow, SortedRun, StoredValue } from '../core/index.ts'
import { type PartsUnit, partsFolder } from '../ledger/unit.ts'
import { compressedLines, type LineCodec } from '../store/line-codec.ts'
import type { Objects } from '../store/objects.ts'
import type { RegisteredPart } from './part-registry.ts'

export interface WrittenPart {
  readonly rows: number
  /** SHA-256 of the rows: equal parts have equal digests. */
  readonly digest: string
}

/** A part that was to be read is not there: it was replaced and removed meanwhile, or lost. */
export class PartGone extends Error {
  override readonly name = 'PartGone'
}

/** What the name of a part's object ends with, and so how it is compressed. */
export const partEnding = '.ndjson.zst'

/**
 * Parts: sorted runs of encoded states, one object of JSON lines each, never changed. A line is
 * a list: the key, then a text per decimal or text, `{"bytes": base64}` for bytes, `null` for what is
 * not stored; or the key and `false` for a row without a state, which is none that a measure makes.
 */
export interface Parts {
  write(objectKey: string, rows: AsyncIterable<PartRow> | Iterable<PartRow>): Promise<WrittenPart>
  /** Throws PartGone. */
  read(objectKey: string): SortedRun
  /** A part that a cut-short attempt may not have come to write; undefined where it has not. */
  readIfThere(objectKey: string): Promise<SortedRun | undefined>
  /** The names of the parts in a folder. */
  list(folder: string): AsyncIterable<string>
  remove(objectKeys: readonly string[]): Promise<void>
}

export function createParts(objects: Objects, codec: LineCodec = compressedLines): Parts {
  const readIfThere = async (objectKey: string) => {
    const chunks = await objects.get(objectKey)
    return chunks && rowsOf(objectKey, codec.decode(objectKey, chunks))
  }
  return {
    async write(objectKey, rows) {
      const digest = createHash('sha256')
      let count = 0
      const lines = async function* () {
        for await (const { key, state } of rows) {
          const line = JSON.stringify([key, ...(state?.map(jsonOf) ?? [false])])
          digest.update(line).update('\n')
          count++
          yield line
        }
      }
      await objects.putStream(objectKey, codec.encodeStream(objectKey, lines()))
      return { rows: count, digest: digest.digest('hex') }
    },

    async *read(objectKey) {
      const rows = await readIfThere(objectKey)
      if (rows === undefined) throw new PartGone(`The part ${objectKey} is gone`)
      yield* rows
    },

    readIfThere,

    async *list(folder) {
      for await (const { key } of objects.list(folder)) yield key
    },

    remove: (objectKeys) => objects.delete(objectKeys),
  }
}

async function* rowsOf(objectKey: string, chunks: AsyncIterable<Lines>): AsyncGenerator<PartRow> {
  for await (const lines of chunks) {
    for (const line of lines) {
      yield parseRow(objectKey, Buffer.from(line.buffer, line.byteOffset, line.length).toString())
    }
  }
}

function parseRow(objectKey: string, line: string): PartRow {
  const json: unknown = JSON.parse(line)
  if (!Array.isArray(json)) throw new Error(`The part ${objectKey} holds a line that is no row`)
  const [key, ...values] = json as unknown[]
  if (typeof key !== 'string') throw new Error(`The part ${objectKey} holds a line that is no row`)
  if (values.length === 1 && values[0] === false) return { key, state: undefined }
  const state: EncodedState = values.map((value) => storedOf(objectKey, value))
  return { key, state }
}

function jsonOf(value: StoredValue | undefined): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  return value ?? null
}

function storedOf(objectKey: string, value: unknown): StoredValue | undefined {
  if (typeof value === 'string') return value
  if (value === null) return undefined
  if (typeof value === 'object' && 'bytes' in value && typeof value.bytes === 'string') {
    return new Uint8Array(Buffer.from(value.bytes, 'base64'))
  }
  throw new Error(`The part ${objectKey} holds a line that is no row`)
}

/** Whether parts of a unit are in the bucket, all of them. */
export async function areThere(
  parts: Pick<Parts, 'list'>,
  unit: PartsUnit,
  wanted: readonly RegisteredPart[],
): Promise<boolean> {
  if (wanted.length === 0) return true
  const there = new Set(await Array.fromAsync(parts.list(partsFolder(unit))))
  return wanted.every(({ objectKey }) => there.has(objectKey))
}
