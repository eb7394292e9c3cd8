import type { Aggregation } from '../aggregation.ts'
import type { Definition } from '../definition.ts'
import type { Field, FieldsOf, Spelling } from '../fields/index.ts'
import type { Accumulator } from '../measures/index.ts'
import { minuteMs } from '../windows/index.ts'

/** What the engine is told of a definition, in numbers; `engine/plan.ts` has the same in its memory. */
export interface Plan {
  readonly definition: Definition
  readonly fields: readonly PlannedField[]
  /** The products of fields that measures are made of, each once. */
  readonly sources: readonly (readonly number[])[]
  readonly aggregations: readonly PlannedAggregation[]
  readonly idField: number
  readonly timeField: number
  readonly required: bigint
  readonly firstMinute: number
}

export interface PlannedField {
  readonly name: Uint8Array
  readonly field: Field
  readonly spelling: Spelling
}

export interface PlannedAggregation {
  readonly aggregation: Aggregation
  readonly keyFields: readonly PlannedKeyField[]
  readonly accumulators: readonly PlannedAccumulator[]
}

/** A field by its number. */
export interface PlannedKeyField {
  readonly number: number
  readonly isText: boolean
}

export interface PlannedAccumulator {
  readonly kind: Accumulator['kind']
  readonly source: number
}

/** Where the bits of a mask of fields or of sources end. */
const maxBits = 64
const maxFactors = 7
/** Groups of an aggregation stand in pages of 4 KB. */
const maxAccumulatorBytes = 4000

const plans = new WeakMap<Definition, Plan | undefined>()

/** The plan of a definition; undefined where it has something that the engine does not know. */
export function planOf(definition: Definition): Plan | undefined {
  if (!plans.has(definition)) plans.set(definition, makePlan(definition))
  return plans.get(definition)
}

function makePlan(definition: Definition): Plan | undefined {
  const names = Object.keys(definition.event)
  const fields = names.map((name) => planField(name, definition.event[name] as Field))
  if (fields.some((field) => field === undefined) || fields.length > maxBits) return undefined
  const sources = new Sources(names)
  const aggregations = definition.aggregations.map((one) =>
    planAggregation(one, definition.event, sources),
  )
  if (aggregations.some((one) => one === undefined) || sources.list.length > maxBits) {
    return undefined
  }
  if (sources.list.some((factors) => factors.length > maxFactors)) return undefined
  return {
    definition,
    fields: fields as PlannedField[],
    sources: sources.list,
    aggregations: aggregations as PlannedAggregation[],
    idField: names.indexOf(definition.id),
    timeField: names.indexOf(definition.time),
    required: names.reduce(
      (bits, name, at) => (definition.event[name]?.optional ? bits : bits | (1n << BigInt(at))),
      0n,
    ),
    firstMinute: Math.floor(definition.earliestMs / minuteMs),
  }
}

function planField(name: string, field: Field): PlannedField | undefined {
  const { spelling } = field
  // As UTF-8, half of a surrogate pair would be the name of something else.
  if (spelling === undefined || !name.isWellFormed()) return undefined
  if (!(field.minBytes >= 0 && field.maxBytes >= 0)) return undefined
  return { name: new TextEncoder().encode(name), field, spelling }
}

function planAggregation(
  aggregation: Aggregation,
  event: FieldsOf,
  sources: Sources,
): PlannedAggregation | undefined {
  const names = Object.keys(event)
  const accumulations = aggregation.measures.map(({ measure }) => measure.accumulation)
  if (accumulations.some((one) => one === undefined)) return undefined
  const accumulators = accumulations.flatMap((one) => one?.accumulators ?? [])
  const planned = accumulators.map(({ kind, factors }) => {
    return { kind, source: kind === 'count' ? 0 : sources.numberOf(factors) }
  })
  if (groupBytesOf(planned) > maxAccumulatorBytes) return undefined
  const keyFields = aggregation.keyFields.map(({ name }) => {
    return { number: names.indexOf(name), isText: event[name]?.spelling?.kind === 'text' }
  })
  return { aggregation, keyFields, accumulators: planned }
}

class Sources {
  readonly list: number[][] = []
  readonly #names: readonly string[]
  readonly #numbers = new Map<string, number>()

  constructor(names: readonly string[]) {
    this.#names = names
  }

  numberOf(factors: readonly string[]): number {
    const numbers = factors.map((name) => this.#names.indexOf(name))
    const text = numbers.join()
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.list.length)
    return this.list.push(numbers) - 1
  }
}

/** A sum has 128 bits, all else 64. */
export const accumulatorBytes = ({ kind }: PlannedAccumulator) => (kind === 'sum' ? 16 : 8)

export function groupBytesOf(accumulators: readonly PlannedAccumulator[]): number {
  return accumulators.reduce((total, one) => total + accumulatorBytes(one), 0)
}
