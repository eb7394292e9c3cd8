import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { report, UsageError } from '../../../cli/failure.ts'
import { textCell } from '../../../cli/output/cells.ts'
import type { Format } from '../../../cli/output/format.ts'
import { jsonOf } from '../../../cli/output/json.ts'
import { writeRunSummary } from '../../../cli/output/run-summary.ts'
import { tableOf } from '../../../cli/output/table.ts'
import { writeCells } from '../../../cli/output/write-cells.ts'
import { noFigures } from '../../../lib/contract/figures.ts'
import { escapeSteering } from '../../../lib/core/index.ts'
import { anyText } from '../../support/any-text.ts'
import { hostileTexts } from './hostile-texts.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Controls, separators and what turns the direction of text, put another way than in the code. */
const steers = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/u

async function written(stream: 'stdout' | 'stderr', act: () => unknown): Promise<string> {
  const pieces: string[] = []
  vi.spyOn(process[stream], 'write').mockImplementation((piece) => {
    pieces.push(String(piece))
    return true
  })
  await act()
  return pieces.join('')
}

const lines = hostileTexts.map((text) => [textCell('key', text), textCell('end', 'end')])

describe('what a terminal gets', () => {
  it.each(hostileTexts)('of a table steers nothing and stays on its line: %j', (text) => {
    const table = tableOf([[textCell('key', text), textCell('end', 'end')]])
    expect(table).not.toMatch(steers)
    expect(table.split('\n')).toHaveLength(3)
    expect(table).toMatch(/ {2}end\n$/)
  })

  it.each(hostileTexts)('of JSON steers nothing, and is the same to a program: %j', (text) => {
    const json = jsonOf([textCell('key', text)])
    expect(json).not.toMatch(steers)
    expect(json).not.toContain('\n')
    expect(JSON.parse(json)).toEqual({ key: text })
  })

  it.each<Format>(['table', 'json', 'ndjson', 'csv'])(
    'in any format steers nothing: %s',
    async (format) => {
      const wasTty = process.stdout.isTTY
      process.stdout.isTTY = true
      try {
        const shown = await written('stdout', () => writeCells(format, lines))
        expect(shown).toContain('end')
        expect(shown).not.toMatch(steers)
      } finally {
        process.stdout.isTTY = wasTty
      }
    },
  )

  it('in CSV is for programs as it was where there is no terminal', async () => {
    const shown = await written('stdout', () => writeCells('csv', [[textCell('a', 'x\u001by')]]))
    expect(shown).toBe('a\nx\u001by\n')
  })

  it('of a failure is one line that steers nothing', async () => {
    const message = `no file named ${hostileTexts.join('')}`
    const shown = await written('stderr', () => report(new UsageError(message)))
    expect(shown).toMatch(/^twofold: no file named [^\n]+\n$/)
    expect(shown).not.toMatch(steers)
  })

  it('of a run summary steers nothing, whatever a file is called', async () => {
    const message = 'line 1 of \u001b[2J.ndjson cannot be sent'
    const rejects = [{ reason: 'too-large', field: null, records: 1, message }]
    const figures = { ...noFigures(), events: 1, blankLines: 0, tookMs: 1 }
    const shown = await written('stdout', () =>
      writeRunSummary({ format: 'table', data: 'd' }, { ...figures, timeZone: 'UTC', rejects }),
    )
    expect(shown).toContain('line 1 of \\u001b[2J.ndjson')
    expect(shown).not.toMatch(steers)
  })

  it('is never steered by any text, and shows the rest of it', () => {
    fc.assert(
      fc.property(anyText(40), (text) => {
        const escaped = escapeSteering(text)
        expect(escaped).not.toMatch(steers)
        expect(escaped).not.toContain('\n')
        const shown = [...text].filter((character) => !steers.test(character) && character !== '\n')
        let at = 0
        for (const character of shown) at = escaped.indexOf(character, at) + 1 || Number.NaN
        expect(at).not.toBeNaN()
      }),
    )
  })
})
