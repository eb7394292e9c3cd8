import { malformedLines } from '../data/malformed-lines.ts'
import type { SeededRandom } from '../data/seeded-random.ts'
import { retentionMs } from '../support/world.ts'
import type { Fault, FaultSource } from './faults.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

const products = ['mug', 'jug', 'a|b', '#', '~', '\u0000', 'mug#2026-03-01T10:00#history', '🧺']
const prices = ['0.01', '2.5', '9.9500', '1e2', '0', '120000000.0001']
const quantities = ['1', '2', '-3', '40', '9007199254740991']

const currencies = ['EUR', 'GBP', 'EUR', 'GBP', 'USD']

/** What a definition that is too narrow takes of quantities. */
export const narrowMaxQuantity = 10
const large = quantities.filter((quantity) => Number(quantity) > narrowMaxQuantity)

export const isOfLargeQuantity = (line: Buffer) =>
  large.some((quantity) => line.includes(`"quantity":${quantity},`))

const malformed = malformedLines(60)
  .map(({ line }) => line)
  .filter((line) => line.length > 0 && line.length < 500)

/** Ahead of the clock, but by less than is refused. */
const maxAheadMs = 50 * minute

/** Whether the maker picked it from those that are no purchases. */
export const isMalformed = (line: Buffer) => malformed.includes(line)

/** How long before a schedule's start the hour is in which late events crowd, if they do. */
const crowdedHoursBack = [3, 30, 24 * 9, 24 * 35]
const crowdedShare = 0.5

interface Lateness {
  readonly fault: Fault | undefined
  readonly weight: number
  readonly ms: (random: SeededRandom) => number
}

const latenesses: readonly Lateness[] = [
  { fault: undefined, weight: 10, ms: (random) => random.below(2 * second) },
  { fault: undefined, weight: 1, ms: (random) => -random.below(maxAheadMs) },
  { fault: 'late by seconds', weight: 3, ms: (random) => random.below(90 * second) },
  { fault: 'late by hours', weight: 4, ms: (random) => random.below(5 * hour) },
  { fault: 'late by days', weight: 1, ms: (random) => random.below(40 * day) },
  {
    fault: 'late by all of the retention but an hour or two',
    weight: 1,
    ms: (random) => retentionMs - random.below(3 * hour),
  },
  { fault: 'late by years', weight: 0.2, ms: (random) => random.below(20 * year) },
]

const totalWeight = latenesses.reduce((total, { weight }) => total + weight, 0)

/** What tells an event from another. */
interface Identity {
  readonly id: string
  readonly timeMs: number
}

/** Makes what producers send at a moment: purchases, their duplicates, and what is none. */
export class EventMaker {
  readonly #random: SeededRandom
  readonly #faults: FaultSource
  readonly #sent: Buffer[] = []
  readonly #identities: Identity[] = []
  /** Where late events crowd, the hour that they do so in: it changes again and again. */
  readonly #crowdedHourMs: number | undefined
  #made = 0

  constructor(random: SeededRandom, faults: FaultSource, startMs: number) {
    this.#random = random
    this.#faults = faults
    const crowdedMs = startMs - random.pick(crowdedHoursBack) * hour
    this.#crowdedHourMs = random.next() < 0.5 ? crowdedMs - (crowdedMs % hour) : undefined
  }

  at(nowMs: number): Buffer {
    const random = this.#random
    if (this.#sent.length > 0 && this.#faults.happens('producer duplicate', 0.08)) {
      return random.pick(this.#sent)
    }
    if (this.#faults.happens('malformed record', 0.05)) return random.pick(malformed)
    const identity = this.#takenIdentity(nowMs) ?? {
      id: `p${++this.#made}`,
      timeMs: this.#timeMs(nowMs),
    }
    const line = Buffer.from(this.#purchase(identity))
    this.#identities.push(identity)
    this.#sent.push(line)
    return line
  }

  /** Of an event that was made before, with another instant of its hour. */
  #takenIdentity(nowMs: number): Identity | undefined {
    const random = this.#random
    if (this.#identities.length === 0) return undefined
    if (!this.#faults.happens('event id with other content', 0.03)) return undefined
    const { id, timeMs } = random.pick(this.#identities)
    if (random.next() < 0.3) return { id, timeMs }
    const hourStartMs = Math.floor(timeMs / hour) * hour
    // No later in the hour than an event may be dated.
    return { id, timeMs: Math.min(hourStartMs + random.below(hour), nowMs + maxAheadMs) }
  }

  #purchase({ id, timeMs }: Identity): string {
    const random = this.#random
    const fields = [
      `"transactionId":"${id}"`,
      `"timestamp":"${new Date(timeMs).toISOString()}"`,
      `"productId":${JSON.stringify(random.pick(products))}`,
      `"quantity":${random.pick(quantities)}`,
      `"unitPrice":${random.pick(prices)}`,
      `"currency":"${random.pick(currencies)}"`,
    ]
    return `{${fields.join(',')}}`
  }

  #timeMs(nowMs: number): number {
    if (this.#crowdedHourMs !== undefined && this.#random.next() < crowdedShare) {
      this.#faults.count('late into one hour again and again')
      return this.#crowdedHourMs + this.#random.below(hour)
    }
    let left = this.#random.next() * totalWeight
    for (const { fault, weight, ms } of latenesses) {
      left -= weight
      if (left >= 0) continue
      if (fault !== undefined) this.#faults.count(fault)
      return nowMs - Math.floor(ms(this.#random))
    }
    return nowMs
  }
}
