import { SeededRandom } from '../data/seeded-random.ts'
import type { Coverage } from './block-coverage.ts'
import { mutate } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

export interface FuzzOptions {
  readonly seed: number
  /** Without it, inputs are made of the target's own seeds alone. */
  readonly coverage: Coverage | undefined
  /** Asked between inputs: whether to go on after so many. */
  readonly goOn: (inputs: number) => boolean
}

export interface FuzzOutcome {
  readonly inputs: number
  /** Inputs that reached something new, and were kept to make others of. */
  readonly kept: number
  readonly slowestMs: number
  readonly failure: Failure | undefined
}

export interface Failure {
  /** As small as it could be made. */
  readonly input: Uint8Array
  readonly error: unknown
}

/** Tried together, since asking for coverage takes longer than most inputs do. */
const groupSize = 16

/**
 * Tries inputs made of those that reached new code before, until one fails or `goOn` says no. The
 * same seed makes the same inputs.
 */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzOutcome> {
  const { coverage, goOn } = options
  const random = new SeededRandom(options.seed)
  const corpus = [...target.seeds]
  const dictionary = target.dictionary.map((word) => Buffer.from(word))
  const { maxBytes = 4096 } = target
  const tally = { inputs: 0, kept: 0, slowestMs: 0 }
  const run = async (input: Uint8Array): Promise<Failure | undefined> => {
    const startedMs = performance.now()
    const error = await errorOf(target, input)
    tally.inputs++
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedMs)
    if (error === undefined) return undefined
    const smallest = await shrink(target, input)
    // What is left may fail in another way than the whole.
    const { thrown } = (await errorOf(target, smallest)) ?? error
    return { input: smallest, error: thrown }
  }
  for (const input of target.seeds) {
    const failure = await run(input)
    if (failure) return { ...tally, failure }
  }
  coverage?.learnNew()
  while (goOn(tally.inputs)) {
    const material = { random, corpus, dictionary, maxBytes }
    const group = Array.from({ length: groupSize }, () => mutate(pick(random, corpus), material))
    for (const input of group) {
      const failure = await run(input)
      if (failure) return { ...tally, failure }
    }
    if (!coverage?.seesNew()) continue
    for (const input of group) {
      const failure = await run(input)
      if (failure) return { ...tally, failure }
      if (!coverage.learnNew()) continue
      corpus.push(input)
      tally.kept++
    }
  }
  return { ...tally, failure: undefined }
}

/** The newest more often, since what they reached is what was explored least. */
function pick(random: SeededRandom, corpus: readonly Uint8Array[]): Uint8Array {
  return random.pick(random.below(2) === 0 ? corpus.slice(-16) : corpus)
}

async function errorOf(
  target: FuzzTarget,
  input: Uint8Array,
): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    await target.check(Uint8Array.from(input))
    return undefined
  } catch (thrown) {
    return { thrown }
  }
}

const maxShrinkTries = 2_000

/** Leaves out whatever the input fails without (after Zeller and Hildebrandt's delta debugging). */
async function shrink(target: FuzzTarget, input: Uint8Array): Promise<Uint8Array> {
  let smallest = Buffer.from(input)
  let tries = 0
  for (let size = smallest.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < smallest.length && tries < maxShrinkTries; tries++) {
      const shorter = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)])
      if (await errorOf(target, shorter)) smallest = shorter
      else at += size
    }
  }
  return smallest
}
