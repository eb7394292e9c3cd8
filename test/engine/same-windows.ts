import {
  hasOnlyNumbers,
  type TotalSyntax,
  type WindowFold,
  type WindowFoldOptions,
} from '../../lib/core/index.ts'
import type { BeginWindowFold, Pair } from './implementations.ts'
import { bytesText, sameText } from './same-text.ts'
import { stateText } from './state-text.ts'

export interface WindowInput {
  readonly options: WindowFoldOptions
  /** Whole lines, of which the last may lack its newline. */
  readonly rooms: readonly Uint8Array[]
}

interface Begun {
  readonly input: WindowInput
  readonly expected: WindowFold
  readonly found: WindowFold
}

/**
 * Throws Difference where the engine makes of these texts anything else than the reference. They are folded
 * side by side, a room of each in turn.
 */
export function sameWindows(begin: Pair<BeginWindowFold>, inputs: readonly WindowInput[]): void {
  const all = inputs.map((input) => ({
    input,
    expected: begin.reference(input.options),
    found: begin.engine(input.options),
  }))
  const most = Math.max(0, ...inputs.map(({ rooms }) => rooms.length))
  for (let at = 0; at < most; at++) {
    for (const one of all) addRoom(one, at)
    if (at === 0) for (const one of all) sameTotals(one)
  }
  for (const one of all) sameTotals(one)
}

function addRoom({ input, expected, found }: Begun, at: number): void {
  const text = input.rooms[at]
  if (text === undefined) return
  for (const fold of [expected, found]) {
    const room = fold.room(text.length)
    // What was in the room before, or stands behind the text, is no part of it.
    room.fill(at % 2 === 0 ? quote : digit)
    room.set(text)
    fold.add(text.length)
  }
  sameText(`room ${at}`, countsText(expected), countsText(found), () => roomsText(input))
}

const quote = 0x22
const digit = 0x39

function countsText({ events, duplicatesDropped, blankLines, rejects }: WindowFold): string {
  const told = rejects.map(({ reason, field, message, lines, firstLine }) =>
    JSON.stringify([reason, field ?? null, message, lines, firstLine]),
  )
  return `${events} events, ${duplicatesDropped} duplicates, ${blankLines} blank lines, ${told.join('\n')}`
}

function sameTotals({ input, expected, found }: Begun): void {
  const texts = (fold: WindowFold) =>
    Array.from(fold.totals(), ({ key, window, state }) => {
      const { grain, name, fromMs, toMs } = window
      return `${JSON.stringify(key)} ${grain} ${name} ${fromMs} ${toMs} ${stateText(state)}`
    }).join('\n')
  sameText('totals', texts(expected), texts(found), () => roomsText(input))
  if (hasOnlyNumbers(input.options.aggregation)) sameTexts({ input, expected, found })
}

function sameTexts({ input, expected, found }: Begun): void {
  const syntax: TotalSyntax = {
    windowText: ({ name }) => `${name} of the grain `,
    keyText: (key) => JSON.stringify(key),
    before: input.options.aggregation.measures.map(({ name }) => `, ${name} `),
    none: 'none',
    end: '.\n',
  }
  const texts = (fold: WindowFold) => {
    const pieces = Array.from(fold.texts(syntax), ({ text, totals }) => {
      return { text: Buffer.from(text).toString(), totals }
    })
    const totals = pieces.reduce((sum, piece) => sum + piece.totals, 0)
    return `${pieces.map(({ text }) => text).join('')}${totals} totals`
  }
  sameText('totals as text', texts(expected), texts(found), () => roomsText(input))
}

function roomsText({ rooms, options }: WindowInput): string {
  const { aggregation, grain, calendar, eachIdOnce, nowMs } = options
  const told = [aggregation.name, grain, calendar.timeZone, eachIdOnce, nowMs].join()
  return `${told}: ${rooms.map(bytesText).join('\n')}`
}
