import type { SeededRandom } from '../data/seeded-random.ts'
import type { Role } from './process.ts'

/** Everything that may be injected, and why the rows are right all the same. */
export const survivable = {
  'crash before a request':
    'The mapping delivers the batch again and the ledger still holds the mark of the unit; what was written is found written, by `through` or by the mark of the attempt.',
  'crash after a request': 'As before it: the next attempt meets what the request did.',
  'answer lost':
    'A conditional put that was applied is met again, by the row itself or by the registry’s item; all other writes may be repeated.',
  'request sent twice':
    'The SDK sends again after a lost answer. The second meets what the first did: a condition that fails on our own success is read as such.',
  'write repeated after a while':
    'The SDK sends again for as long as a minute, and others write in between. A condition refuses what is out of date; rows are of an attempt that is marked until all of it is answered; and a mark with a token that was seen is never put over another.',
  'sending applied after its repeat':
    'A condition refuses it. Rows without one are of an attempt whose mark outlives it: until then the unit is not settled, and whoever comes to it next compares with the rows of that attempt too.',
  throttled: 'Nothing was done. The batch comes again, the unit stays marked.',
  'server error':
    'It may have been applied or not, and both are what a crash before or after leaves.',
  'timed out':
    'It may be applied up to ten seconds later. Conditions refuse what is out of date, and the mark of an attempt outlives its process by a minute.',
  slow: 'No order between processes is relied on, but for conditions and tokens.',
  'batch written in part':
    'Rows of one batch don’t depend on each other; the whole batch of writes is done again.',
  'read cut short': 'Nothing follows from a read that was not whole: its error ends the attempt.',
  outage: 'Retries are spent, the batch is kept in the bucket whole, and is redriven.',
  'process frozen past its lease':
    'A run looks at its clock before each sending of rows without a condition, and stops past its deadline.',
  'process paused within its time':
    'Whoever is at a unit has read the registry before its inputs, so it can’t begin once another has begun that unit meanwhile; and until its time is over its mark keeps the unit unsettled.',
  'run taken over':
    'Whoever takes over does again all that the marks of attempts name, and settles nothing before their deadlines, but where it is known that nobody is alive.',
  'living run taken over':
    'Both are at the units then, as a run and a backfill may be at any time: the marks of attempts stay for as long as those may be alive.',
  'history out of reach':
    'An hour that can’t be folded stays marked, and the fold that is done with it at last marks its day.',
  'clock skew':
    'Event time and arrival decide windows. Clocks of processes decide leases and deadlines only, with a margin of a minute.',
  'two runs at once':
    'The lease lets one work. Workers of a backfill take none: the registry’s revision lets one of two begin, and marks tell what both may have written.',
  'run out of time': 'A run is stopped anywhere at its deadline; its units stay marked.',
  'zombie invocation':
    'A row’s condition lets one of two writers through, and the other folds what is left after `through`: nothing.',
  'response lost': 'The batch comes again and every row says that it holds it.',
  'redelivered in another cut':
    'Each row takes only what comes after its `through`; history holds records twice, and its reader takes each event id once.',
  'batch applied in part':
    'Each row says by `through` whether it holds the batch; the rest is written when it comes again.',
  bisected: 'Halves are cuts like others.',
  'batch given up': 'It is kept whole, and redriven into history, which counts each id once.',
  'redrive repeated': 'What was put back is there already, under the same name or the same ids.',
  'PutRecords taken in part': 'The producer sends again what was not taken, in another order.',
  'PutRecords answer lost':
    'The producer sends all of it again: duplicates with new sequence numbers, dropped once their hour is over.',
  'shard split': 'The children have lanes of their own, and are read once the parent is done.',
  'shards merged': 'As for a split.',
  'producer duplicate': 'History counts each event id once within its hour.',
  'event id with other content':
    'History counts one of the contents, the first in the order of its objects’ names, and makes corrections of the minutes of all others.',
  'aggregated by the KPL':
    'Events of one record share its sequence number, and a row holds all of a record’s or none. Rejects go by their place in it too.',
  'malformed event in an aggregated record':
    'It is kept by its place in the record, and the others of the record are taken.',
  'late by seconds': 'Event time decides; a late event marks its hour as changed.',
  'late by hours': 'As by seconds.',
  'late into one hour again and again':
    'Each marks the hour with a token of its own, so whoever is at it already can’t take the last for done.',
  'late by days': 'As by seconds.',
  'late by all of the retention but an hour or two':
    'All rows of a minute expire at one time; until then they are exact, and from then on nobody reads or writes them.',
  'expired row deleted':
    'Readers pass expired rows over, whether they are there or not; a writer whose clock is behind meets none, and what it puts then is expired as well.',
  'late by years': 'As by seconds; minute rows past their retention are not written any more.',
  'malformed record': 'It is kept with its reason, and blocks nothing.',
  'refused by a definition that is corrected later':
    'It is kept as a reject, and redriven under the corrected definition.',
  'narrowed by mistake':
    'What is left out of a fold is noted, and folded in once the definition takes it again; corrections that stand for all lanes are made anew meanwhile.',
  'corrected in the stream first':
    'A fold that leaves lines out notes it, and a run under another definition folds the hour again.',
  'redriven before the rollup is corrected': 'As what is corrected in the stream first.',
} as const

export type Fault = keyof typeof survivable

export const faults = Object.keys(survivable) as Fault[]

export type FaultCounts = Record<Fault, number>

export function noFaults(): FaultCounts {
  return Object.fromEntries(faults.map((fault) => [fault, 0])) as FaultCounts
}

/**
 * What a request is about, where that matters: between its inputs and what it makes of them, and
 * between its marks and what they are made for, a process is overtaken at its worst.
 */
export type Stage = 'inputs' | 'marks' | 'others'

/** What may befall a single request of a process, and how often while it is switched on, of 1. */
const requestFaults = [
  { fault: 'crash before a request', share: 0.004, of: ['stream', 'rollup', 'operator'] },
  { fault: 'crash after a request', share: 0.004, of: ['stream', 'rollup', 'operator'] },
  { fault: 'answer lost', share: 0.01, of: ['stream', 'rollup', 'operator'] },
  { fault: 'request sent twice', share: 0.03, of: ['stream', 'rollup', 'operator'] },
  {
    fault: 'write repeated after a while',
    share: { inputs: 0, marks: 0.4, others: 0.02 },
    of: ['stream', 'rollup', 'operator'],
  },
  { fault: 'throttled', share: 0.01, of: ['stream', 'rollup', 'operator'] },
  { fault: 'server error', share: 0.01, of: ['stream', 'rollup', 'operator'] },
  { fault: 'timed out', share: 0.01, of: ['stream', 'rollup', 'operator'] },
  { fault: 'slow', share: 0.05, of: ['stream', 'rollup', 'operator'] },
  { fault: 'batch written in part', share: 0.05, of: ['stream', 'rollup', 'operator'] },
  { fault: 'read cut short', share: 0.02, of: ['stream', 'rollup', 'operator'] },
  {
    fault: 'process frozen past its lease',
    share: { inputs: 0.004, marks: 0.04, others: 0.004 },
    of: ['rollup'],
  },
  {
    fault: 'process paused within its time',
    share: { inputs: 0.04, marks: 0.01, others: 0.01 },
    of: ['rollup'],
  },
] as const satisfies readonly {
  readonly fault: Fault
  readonly share: number | Readonly<Record<Stage, number>>
  readonly of: readonly Role[]
}[]

export type RequestFault = (typeof requestFaults)[number]['fault']

interface Share {
  readonly fault: RequestFault
  readonly share: number | Readonly<Record<Stage, number>>
}

/** Decides, by chance, what goes wrong in one schedule, and counts what did. */
export class FaultSource {
  readonly counts = noFaults()
  readonly #random: SeededRandom
  readonly #shares = new Map<Role, Share[]>()
  readonly #intensity: number
  #on = true

  /** Each schedule has only some of the faults, so that each is met alone and in all company. */
  constructor(random: SeededRandom) {
    this.#random = random
    this.#intensity = random.pick([0.3, 1, 1, 2])
    for (const { fault, share, of } of requestFaults) {
      if (random.next() < 0.5) continue
      for (const role of of) {
        const shares = this.#shares.get(role) ?? []
        shares.push({ fault, share })
        this.#shares.set(role, shares)
      }
    }
  }

  /** From now on nothing goes wrong any more. */
  stop(): void {
    this.#on = false
  }

  count(fault: Fault): void {
    this.counts[fault]++
  }

  /** Whether something that happens in this share of cases happens now; counted where it does. */
  happens(fault: Fault, share: number): boolean {
    if (!this.#on || this.#random.next() >= share) return false
    this.counts[fault]++
    return true
  }

  /** What befalls a request of such a process. Not counted: not every request can suffer it. */
  ofRequest(role: Role, stage: Stage): RequestFault | undefined {
    if (!this.#on) return undefined
    let left = this.#random.next() / this.#intensity
    for (const { fault, share } of this.#shares.get(role) ?? []) {
      left -= typeof share === 'number' ? share : share[stage]
      if (left < 0) return fault
    }
    return undefined
  }
}
