import fc from 'fast-check'
import { createCalendar, grains } from '../../lib/core/index.ts'
import { type DefinitionPlan, definitionOf } from './definition-plan.ts'
import { linesFor } from './line-arbitrary.ts'
import type { WindowInput } from './same-windows.ts'
import { instants } from './timestamp-texts.ts'

/** A text that comes in rooms, and what is made of it. */
export interface PlannedWindows {
  /** By room, and then by line. */
  readonly rooms: readonly (readonly Uint8Array[])[]
  /** The place of the aggregation, beyond the last of which one begins anew. */
  readonly aggregation: number
  readonly grain: (typeof grains)[number]
  readonly timeZone: string
  readonly eachIdOnce: boolean
  readonly nowMs: number
  /** Whether each room ends with a newline, which the last line of it does not need. */
  readonly endsWithNewline: readonly boolean[]
}

/** Of UTC, of half an hour, of nights with two midnights or none, of a day that was left out. */
const timeZones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Asia/Kolkata'],
  ...['Pacific/Apia', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu'],
]

const blanks = fc.constantFrom('', ' ', '\t \r', '\r').map((text) => Buffer.from(text))

export function plannedWindows(plan: DefinitionPlan): fc.Arbitrary<PlannedWindows> {
  const line = fc.oneof({ weight: 12, arbitrary: linesFor(plan) }, blanks)
  return fc.record({
    rooms: fc.array(fc.array(line, { maxLength: 12, size: 'max' }), { maxLength: 4 }),
    aggregation: fc.nat(plan.aggregations.length - 1),
    grain: fc.constantFrom(...grains),
    timeZone: fc.constantFrom(...timeZones),
    eachIdOnce: fc.boolean(),
    nowMs: fc.oneof(instants, { weight: 4, arbitrary: fc.constant(9e15) }),
    endsWithNewline: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  })
}

export function windowInputs(
  planned: readonly { readonly plan: DefinitionPlan; readonly given: PlannedWindows }[],
): WindowInput[] {
  return planned.map(({ plan, given }) => {
    const { rooms, timeZone, grain, eachIdOnce, nowMs, endsWithNewline } = given
    const definition = definitionOf(plan)
    const aggregation = definition.aggregations[given.aggregation]
    if (aggregation === undefined) throw new RangeError(`no aggregation ${given.aggregation}`)
    return {
      options: {
        definition,
        aggregation,
        grain,
        calendar: createCalendar(timeZone),
        eachIdOnce,
        nowMs,
      },
      rooms: rooms.map((lines, at) => textOf(lines, endsWithNewline[at] ?? true)),
    }
  })
}

const newline = Buffer.from('\n')

function textOf(lines: readonly Uint8Array[], endsWithNewline: boolean): Uint8Array {
  const parts = lines.flatMap((line) => [line, newline])
  return Buffer.concat(endsWithNewline ? parts : parts.slice(0, -1))
}
