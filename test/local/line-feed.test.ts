import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineFeed } from '../../local/line-feed.ts'

/** Takes text as a fold does, into a room that is another each time. */
class TextIntake {
  text = ''
  greatestRoom = 0
  #room = new Uint8Array()

  room(minBytes: number): Uint8Array {
    this.#room.fill(0x3f)
    this.greatestRoom = Math.max(this.greatestRoom, minBytes)
    this.#room = new Uint8Array(minBytes)
    return this.#room
  }

  add(bytes: number): void {
    const text = Buffer.from(this.#room.subarray(0, bytes)).toString('latin1')
    this.text += text.endsWith('\n') ? text : `${text}\n`
    this.#room.fill(0x3f)
  }
}

const maxLineBytes = 6

function fed(text: string, pieces: readonly number[], pieceBytes = 4) {
  const intake = new TextIntake()
  const passed: string[] = []
  const at = () => intake.text.split('\n').length - 1
  const feed = new LineFeed(
    intake,
    {
      maxLineBytes,
      onTooLong: (bytes) => passed.push(`${bytes} bytes after ${at()}`),
      onBlank: () => passed.push(`blank after ${at()}`),
    },
    pieceBytes,
  )
  const bytes = Buffer.from(text, 'latin1')
  let from = 0
  for (const length of [...pieces, bytes.length]) {
    feed.put(bytes.subarray(from, from + length))
    from += length
  }
  feed.end()
  return { text: intake.text, passed, greatestRoom: intake.greatestRoom }
}

describe('lines that are fed to a fold', () => {
  it('are whole, however they lie in pieces, and those that are too long are told in their place', () => {
    const content = fc
      .array(fc.constantFrom('\n', '\n\n', 'a', 'bcd', ' ', '\r', 'long '.repeat(4)), {
        maxLength: 30,
      })
      .map((parts) => parts.join(''))
    const pieces = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 })
    fc.assert(
      fc.property(content, pieces, fc.integer({ min: 1, max: 9 }), (text, lengths, pieceBytes) => {
        const lines = text.split('\n')
        if (lines.at(-1) === '') lines.pop()
        let expected = ''
        const passed: string[] = []
        for (const line of lines) {
          const after = expected.split('\n').length - 1
          if (line.length <= maxLineBytes) expected += `${line}\n`
          else
            passed.push(
              line.trim() === '' ? `blank after ${after}` : `${line.length} bytes after ${after}`,
            )
        }
        const found = fed(text, lengths, pieceBytes)
        expect(found).toMatchObject({ text: expected, passed })
        expect(found.greatestRoom).toBeLessThanOrEqual(2 * maxLineBytes)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are dropped where their end will never come, and the next file begins anew', () => {
    for (const begun of ['abc', 'too long to be held']) {
      const intake = new TextIntake()
      const options = { maxLineBytes, onTooLong: () => {}, onBlank: () => {} }
      const feed = new LineFeed(intake, options, 4)
      feed.put(Buffer.from(`one\n${begun}`))
      feed.drop()
      feed.put(Buffer.from('two'))
      feed.end()
      expect(intake.text).toBe('one\ntwo\n')
    }
  })
})
