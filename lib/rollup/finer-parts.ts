import { type Aggregation, type Calendar, type Window, windowsWithin } from '../core/index.ts'
import type { ChangedUnits } from '../ledger/changed-units.ts'
import {
  hourPart,
  type PartsUnit,
  type PeriodUnit,
  partsUnitName,
  periodPart,
  unitOfParts,
} from '../ledger/unit.ts'
import { isCommitted, mayBeAlive } from './attempt.ts'
import type { Deadline } from './deadline.ts'
import type { PartRegistry, RegisteredPart } from './part-registry.ts'
import { areThere, type Parts } from './parts.ts'

/** A period of one aggregation and one of its key ranges. */
export interface Period {
  readonly unit: PeriodUnit
  readonly aggregation: Aggregation
  readonly window: Window
}

/** What finer parts are found with. */
export interface FinerPartsReading {
  readonly calendar: Calendar
  readonly deadline: Deadline
  readonly soleProcess: boolean
  readonly stores: {
    readonly registry: Pick<PartRegistry, 'read'>
    readonly parts: Pick<Parts, 'list'>
    readonly changed: Pick<ChangedUnits, 'mark'>
  }
}

/** An hour or day, as far as a coarser period is merged from it. */
interface FinerUnit {
  readonly unit: PartsUnit
  readonly partName: string
}

/** A current part of an hour or day that a coarser period is merged from. */
export interface FinerPart extends FinerUnit {
  readonly part: RegisteredPart
}

export interface FinerParts {
  readonly parts: readonly FinerPart[]
  /** Another attempt at one of the units may be alive, so the part may not be the last. */
  readonly beingReplaced: boolean
}

/** The current parts of a day's hours, or of a week's or month's days. Throws StorageTrouble. */
export async function readFinerParts(
  reading: FinerPartsReading,
  period: Period,
): Promise<FinerParts> {
  const { deadline, stores } = reading
  // Not as they are looked at: a process that slept since may have missed how one came to its end.
  const readMs = deadline.nowMs()
  const found = await Promise.all(
    finerUnits(reading.calendar, period).map(async (finer) => {
      const read = await stores.registry.read(finer.unit.kind, partsUnitName(finer.unit))
      const part = read.current.find(({ name }) => name === finer.partName)
      return {
        part: part && { ...finer, part },
        alive: read.attempts.some((attempt) => {
          return mayBeAlive(reading, attempt, readMs) && !isCommitted(read, attempt)
        }),
      }
    }),
  )
  return {
    parts: found.map(({ part }) => part).filter((part) => part !== undefined),
    beingReplaced: found.some(({ alive }) => alive),
  }
}

/** Weeks are never merged into months, since no month is made of whole weeks. */
function finerUnits(
  calendar: Calendar,
  { unit: { range }, aggregation, window }: Period,
): FinerUnit[] {
  const finerGrain = window.grain === 'day' ? 'hour' : 'day'
  const windows = windowsWithin(calendar, finerGrain, window.fromMs, window.toMs)
  return windows.map(({ name: period, fromMs }) => {
    const of = { aggregation: aggregation.name }
    return finerGrain === 'hour'
      ? {
          unit: { kind: finerGrain, ...of, hourMs: fromMs },
          partName: hourPart(window.name, range),
        }
      : { unit: { kind: finerGrain, ...of, period, range }, partName: periodPart }
  })
}

/**
 * A current part is not in the bucket: somebody deleted it, or restored a ledger whose parts were
 * replaced since. Its unit was marked, and the next runs make it anew.
 */
export class PartLost extends Error {
  override readonly name = 'PartLost'
}

/**
 * Marks the units of all parts that were lost, so that as few runs as possible find one. Those that
 * another run has replaced are not. Throws PartLost where there is one, or StorageTrouble.
 */
export async function markLostParts(
  reading: FinerPartsReading,
  finer: readonly FinerPart[],
): Promise<void> {
  const found = await Promise.all(finer.map((one) => isLost(reading, one)))
  const lost = finer.filter((_, index) => found[index])
  const [first] = lost
  if (first === undefined) return
  const units = lost.map(({ unit }) => unitOfParts(unit))
  await reading.stores.changed.mark(units, reading.deadline.nowMs())
  throw new PartLost(
    `${lost.length} current parts are gone, ${first.part.objectKey} among them; they are made anew`,
  )
}

async function isLost({ stores }: FinerPartsReading, { unit, part }: FinerPart): Promise<boolean> {
  if (await areThere(stores.parts, unit, [part])) return false
  // Objects of parts have a name of their own each time: what is gone and current stays gone.
  const { current } = await stores.registry.read(unit.kind, partsUnitName(unit))
  return current.some(({ objectKey }) => objectKey === part.objectKey)
}
