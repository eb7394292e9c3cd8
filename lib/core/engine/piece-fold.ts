import type { DecodedEvent } from '../decode-event.ts'
import type { WindowFoldOptions } from '../window-fold.ts'
import type { WindowTotal } from '../window-total.ts'
import { Engine } from './engine.ts'
import { NumberedWindows } from './numbered-windows.ts'
import { OddTotals } from './odd-totals.ts'
import { LineRoom, placeId } from './place-lines.ts'
import type { Plan, PlannedAggregation } from './plan.ts'
import { sortedGroups } from './sorted-groups.ts'
import { type TextCounts, TextIntake } from './text-intake.ts'
import { windowUse } from './window-use.ts'
import type { DigestKeys } from './write-plan.ts'

export const digestBytes = 24

/** One of several that fold the pieces of a text, and share its ids. */
export interface PieceFoldOptions extends WindowFoldOptions {
  /** The same for all of them. */
  readonly digestKeys: DigestKeys
  /** How many there are. Each id belongs to one. */
  readonly shares: number
}

/** The digests of the events of a piece; those that belong to one share stand together, in their order. */
export interface PieceDigests {
  /** Valid until anything is called. */
  readonly bytes: Uint8Array
  /** Up to which of them those of each share stand. */
  readonly ends: readonly number[]
}

/** What the pieces of one share come to, for `MergedFold`. It can be handed to another thread. */
export interface FoldShare {
  /** In order. */
  readonly keys: readonly string[]
  /** Up to which of the groups those of each key stand. */
  readonly ends: Uint32Array<ArrayBuffer>
  /** When each window begins (epoch ms), in order. */
  readonly windows: Float64Array<ArrayBuffer>
  readonly groups: Uint8Array<ArrayBuffer>
  readonly odd: readonly WindowTotal[]
}

interface HeldPiece {
  /** Where the engine has it. */
  readonly at: number
  /** By their numbers among those that are held. */
  readonly odd: { readonly number: number; readonly event: DecodedEvent }[]
  events: number
}

/**
 * Folds some pieces of a text, whose other pieces others fold. Where each id counts once, a piece is held
 * until all have told which of its ids, and of those of the pieces before it, are new.
 */
export class PieceFold {
  readonly #options: PieceFoldOptions
  readonly #engine: Engine
  readonly #intake: TextIntake
  readonly #windows: NumberedWindows
  readonly #digests = new LineRoom()
  readonly #ids = new LineRoom()
  readonly #odd: OddTotals
  readonly #held: HeldPiece[] = []
  #holding: HeldPiece | undefined
  #oddDuplicates = 0

  constructor(plan: Plan, options: PieceFoldOptions) {
    this.#options = options
    this.#windows = new NumberedWindows(options, plan.firstMinute)
    const use = { ...windowUse(options), digestKeys: options.digestKeys }
    this.#engine = new Engine(plan, use, (ms) => this.#windows.windowAt(ms))
    this.#engine.begin()
    this.#odd = new OddTotals(options.aggregation)
    this.#intake = new TextIntake(this.#engine, options, (event) => this.#take(event))
  }

  /** Folds a piece, and counts what is in it. */
  fold(text: Uint8Array): TextCounts {
    this.#intake.forgetCounts()
    this.#intake.room(text.length).set(text)
    this.#intake.add(text.length)
    return this.#intake.counts
  }

  /** Reads a piece, whose events are not counted before it was told which are new; until then `slot` holds it. */
  hold(text: Uint8Array, slot: number): TextCounts {
    this.#held[slot] ??= {
      at: this.#engine.exports.newHeld(this.#options.shares) >>> 0,
      odd: [],
      events: 0,
    }
    this.#holding = this.#held[slot]
    this.#holding.odd.length = 0
    this.#engine.exports.hold(this.#holding.at)
    return this.fold(text)
  }

  /** The digests of the piece that was read last. */
  digests(): PieceDigests {
    const { exports } = this.#engine
    const { shares } = this.#options
    const at = exports.listDigests(shares) >>> 0
    const endsAt = exports.digestEnds() >>> 0
    const { view } = this.#engine
    const ends = Array.from({ length: shares }, (_, share) =>
      view.getUint32(endsAt + 4 * share, true),
    )
    const held = this.#holding as HeldPiece
    held.events = ends.at(-1) ?? 0
    this.#holding = undefined
    return { bytes: this.#engine.bytes.subarray(at, at + digestBytes * held.events), ends }
  }

  /** Adds digests that belong to this share, and tells for each whether it is new. */
  addDigests(digests: Uint8Array, isNew: Uint8Array): void {
    const at = this.#digests.take(this.#engine, digests.length + isNew.length)
    const flagsAt = at + digests.length
    this.#engine.bytes.set(digests, at)
    this.#engine.exports.addDigests(at, isNew.length, flagsAt)
    isNew.set(this.#engine.bytes.subarray(flagsAt, flagsAt + isNew.length))
  }

  /** Counts the piece that `slot` holds, of whose digests it is told which are new. */
  count(slot: number, isNew: Uint8Array): void {
    const held = this.#held[slot] as HeldPiece
    const { exports } = this.#engine
    const at = this.#digests.take(this.#engine, isNew.length)
    this.#engine.bytes.set(isNew, at)
    exports.countDigests(held.at, at)
    for (const { number, event } of held.odd) {
      if (exports.isNewHeld(held.at, number) === 0) this.#oddDuplicates++
      else this.#addOdd(event)
    }
  }

  get duplicatesDropped(): number {
    return this.#engine.duplicatesDropped + this.#oddDuplicates
  }

  /** What all pieces that were counted come to. */
  share(): FoldShare {
    const engine = this.#engine
    const planned = engine.plan.aggregations[0] as PlannedAggregation
    const groupBytes = engine.groupBytes(planned)
    const groups = new Uint8Array(engine.groups(0) * groupBytes)
    const room = new LineRoom()
    const keys: string[] = []
    const ends: number[] = []
    let end = 0
    const fromMs = (number: number) => this.#windows.fromMs(number)
    for (const { key, places, count } of sortedGroups(engine, planned, fromMs)) {
      const at = room.take(engine, count * groupBytes)
      engine.exports.copyOut(places, count, at)
      groups.set(engine.bytes.subarray(at, at + count * groupBytes), end * groupBytes)
      end += count
      keys.push(key)
      ends.push(end)
    }
    const odd = this.#odd.keys().flatMap((key) => this.#odd.ofKey(key))
    return { keys, ends: Uint32Array.from(ends), windows: this.#windowStarts(), groups, odd }
  }

  #windowStarts(): Float64Array<ArrayBuffer> {
    const { view, firstWindow } = this.#engine
    const starts: number[] = []
    for (let at = firstWindow; at !== 0; at = view.getUint32(at + 16, true)) {
      starts.push(this.#windows.fromMs(view.getUint32(at, true)))
    }
    return Float64Array.from(starts).sort()
  }

  #take(event: DecodedEvent): void {
    if (this.#holding === undefined) {
      this.#addOdd(event)
      return
    }
    const id = placeId(this.#engine, event.id, this.#ids)
    const number = this.#engine.exports.holdTextId(id.at, id.bytes, event.timeMs)
    this.#holding.odd.push({ number, event })
  }

  #addOdd({ timeMs, values }: DecodedEvent): void {
    const { calendar, grain } = this.#options
    this.#odd.addEvent(values, calendar.windowAt(grain, timeMs))
  }
}
