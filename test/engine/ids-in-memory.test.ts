import { describe, expect, it } from 'vitest'
import { Engine } from '../../lib/core/engine/engine.ts'
import { LineRoom, placeLines } from '../../lib/core/engine/place-lines.ts'
import { type Plan, planOf } from '../../lib/core/engine/plan.ts'
import { Lines } from '../../lib/core/index.ts'
import definition from '../../pipeline.config.ts'

const maxBytesAnId = 32
/** 1,024 tables without an id, and the first page of each of 16. */
const emptyBytes = 1_024 * 32 + 16 * 4_096
const linesAtOnce = 5_000
const chunks = 60

const at = ',"timestamp":"2026-11-22T10:00:00Z","productId":"mug","quantity":1'
const rest = `${at},"unitPrice":1,"currency":"EUR"}\n`

function linesFrom(first: number): Lines {
  const numbers = Array.from({ length: linesAtOnce }, (_, line) => first + line)
  const text = numbers.map(
    (id) => `{"transactionId":"an id of 20 bytes ${String(id).padStart(9, '0')}"${rest}`,
  )
  return Lines.ofText(Buffer.from(text.join('')))
}

/** Folds as many lines as it is told, and tells what the engine has of memory. */
function measured(ids: 'any' | 'once') {
  const use = { ids, byLine: false, marksUncertain: true, asksForWindows: false }
  const engine = new Engine(planOf(definition) as Plan, use)
  engine.begin()
  const room = new LineRoom()
  return (lines: Lines) => {
    expect(engine.foldLines(placeLines(engine, lines, room), 0)).toBe(lines.length)
    return engine.usedBytes
  }
}

describe('the ids of an hour', () => {
  it(`take ${maxBytesAnId} bytes of the engine's memory at most, their tables included`, () => {
    const [once, any] = [measured('once'), measured('any')]
    for (let chunk = 0; chunk < chunks; chunk++) {
      const lines = linesFrom(chunk * linesAtOnce)
      const bytes = once(lines) - any(lines)
      const count = (chunk + 1) * linesAtOnce
      // Few ids have the room of 1,024 tables, of which most hours need 16.
      expect((bytes - emptyBytes) / count).toBeLessThanOrEqual(maxBytesAnId)
    }
  })
})
