import { Lines, wholeLines } from '../../lib/core/index.ts'
import type { LineCodec } from '../../lib/store/line-codec.ts'

/** Lines as they are, whatever an object's name says: compression works on threads, whose order no seed decides. */
export const plainCodec: LineCodec = {
  encode: async (_name, lines) => lines.text(),

  async *encodeStream(_name, lines) {
    for await (const line of lines) yield Buffer.from(`${line}\n`)
  },

  decode: (_name, chunks) => wholeLines(chunks),

  decodeWhole: async (_name, body) => Lines.ofText(body),
}
