import { wholeLines } from '../../lib/core/index.ts'
import type { LineCodec } from '../../lib/store/gzip-lines.ts'

const newline = Buffer.from('\n')

/** Lines as they are: gzip works on threads, whose order no seed decides. */
export const plainCodec: LineCodec = {
  encode: async (lines) => Buffer.concat(lines.flatMap((line) => [line, newline])),

  async *encodeStream(lines) {
    for await (const line of lines) yield Buffer.from(`${line}\n`)
  },

  decode: (_name, chunks) => wholeLines(chunks),
}
