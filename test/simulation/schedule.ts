import { SeededRandom } from '../data/seeded-random.ts'

/** What a seed decides beforehand; all else is decided by chance on the way, from the same seed. */
export interface Schedule {
  readonly seed: number
  readonly random: SeededRandom
  readonly startMs: number
  readonly zone: string
  readonly events: number
  readonly durationMs: number
  readonly shards: number
  /** Splits and merges come after so many events, when their shard is not read to its end. */
  readonly reshardsAfter: readonly number[]
  readonly firstSequence: bigint
  readonly maxBatchSize: number
  readonly maxRetries: number
  readonly rollupEveryMs: number
  /** What one run has from its begin to its end. */
  readonly rollupTimeoutMs: number
  readonly openPeriodEveryMs: number
  readonly keyRanges: number
  /** Failing of one store for all of the stream function. */
  readonly outages: number
  /** Times at which the store deletes some of the rows that have expired. */
  readonly expiries: number
  readonly backfills: number
  readonly redrives: number
  /** Verifications while all is under way. */
  readonly looks: number
  /** Whether the definition is too narrow at first, or is made so by mistake, or neither. */
  readonly narrow: 'at first' | 'by mistake' | 'never'
}

const minuteMs = 60_000

/** Zones with the instant of a change of clocks or another edge, which comes within the schedule. */
const edges = [
  ['UTC', '2026-03-01T00:00:00Z'],
  ['UTC', '2026-06-10T10:30:00Z'],
  ['Europe/London', '2026-03-29T01:00:00Z'],
  ['Asia/Kathmandu', '2026-05-31T18:15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['America/St_Johns', '2026-11-01T04:30:00Z'],
] as const

export function drawSchedule(seed: number): Schedule {
  // Neighbouring seeds of a small generator begin alike, so they are spread first.
  const random = new SeededRandom(Math.imul(seed + 1, 0x9e3779b1))
  const [zone, edge] = random.pick(edges)
  const durationMs = random.pick([10, 40, 90, 150]) * minuteMs
  const events = random.pick([3, 8, 16, 30])
  const reshards = random.pick([0, 0, 1, 2])
  return {
    seed,
    random,
    startMs: Date.parse(edge) - Math.floor(random.next() * durationMs),
    zone,
    events,
    durationMs,
    shards: 1 + random.below(3),
    reshardsAfter: Array.from({ length: reshards }, () => random.below(events)),
    // Soon a digit more is needed.
    firstSequence: 10n ** BigInt(random.pick([2, 20, 55, 128])) - BigInt(1 + random.below(20)),
    maxBatchSize: random.pick([1, 3, 10, 100]),
    maxRetries: random.pick([1, 2, 4, 4, 20]),
    rollupEveryMs: random.pick([2, 5, 15, 30]) * minuteMs,
    rollupTimeoutMs: random.pick([2, 5, 15, 15]) * minuteMs,
    openPeriodEveryMs: random.pick([0, 60 * minuteMs]),
    keyRanges: random.pick([1, 1, 2]),
    outages: random.pick([0, 0, 1, 2]),
    expiries: random.pick([0, 3, 10]),
    backfills: random.pick([0, 0, 1, 3, 6]),
    redrives: random.pick([0, 0, 1, 2]),
    looks: random.pick([0, 1, 3]),
    narrow: random.pick(['at first', 'by mistake', 'never', 'never', 'never']),
  }
}
