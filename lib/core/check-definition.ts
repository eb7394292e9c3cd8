import type { AggregationSpec } from './aggregation.ts'
import { type Field, type FieldsOf, type FieldUse, mayBe } from './fields/index.ts'

interface LooseDefinition {
  readonly version?: number
  readonly event: FieldsOf
  readonly id: string
  readonly time: string
  readonly maxAheadMs?: number
  readonly aggregations: Readonly<Record<string, AggregationSpec>>
}

/**
 * DynamoDB takes sort keys to 1,024 bytes; a minute row's also holds the minute and the lane. Every
 * byte of a key may take two once escaped.
 */
const maxKeyBytes = 900

/** Attributes and columns that rows have of their own. */
const reservedNames = new Set([
  'pk',
  'sk',
  'through',
  'expiresAt',
  'revision',
  'removed',
  'updatedAt',
  'aggregation',
  'grain',
  'period',
  'from',
  'to',
  'status',
  'rank',
])

const wordsOf: Readonly<Record<FieldUse, string>> = {
  key: 'field that may be part of a key',
  number: 'numeric field',
  text: 'text field',
  id: 'field that may be an id',
  time: 'field that is a time',
}

/** Checks what the types can't, for JavaScript users too. Throws a TypeError. */
export function checkDefinition(definition: LooseDefinition): void {
  const { version = 1, event, id, time, maxAheadMs = 0 } = definition
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new TypeError(`version must be a whole number from 1 up, not ${version}`)
  }
  if (!(maxAheadMs >= 0)) throw new TypeError(`maxAheadMs must not be below 0: ${maxAheadMs}`)
  const idField = fieldNamed(event, id, 'id')
  if (!mayBe(idField, 'id') || idField.optional || idField.minBytes < 1) {
    throw new TypeError(`id must be a string field with minBytes of 1 or more: ${id}`)
  }
  const timeField = fieldNamed(event, time, 'time')
  if (!mayBe(timeField, 'time') || timeField.optional) {
    throw new TypeError(`time must be a timestamp field that is not optional: ${time}`)
  }
  for (const [name, spec] of Object.entries(definition.aggregations)) {
    checkAggregation(name, spec, event)
  }
  if (Object.keys(definition.aggregations).length === 0) {
    throw new TypeError('A pipeline needs at least one aggregation')
  }
}

function checkAggregation(name: string, spec: AggregationSpec, event: FieldsOf): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    throw new TypeError(`An aggregation's name is lower-case letters, digits and "-": ${name}`)
  }
  if (spec.key.length === 0) throw new TypeError(`${name}: key names no field`)
  const keyFields = spec.key.map((field) => fieldNamed(event, field, `${name}: key`))
  for (const [at, field] of keyFields.entries()) {
    if (!mayBe(field, 'key')) {
      throw new TypeError(`${name}: a ${field.kind} cannot be part of a key: ${spec.key[at]}`)
    }
  }
  const keyBytes = keyFields.reduce((total, field) => total + 2 * field.maxBytes + 1, 0)
  if (keyBytes > maxKeyBytes) {
    throw new TypeError(
      `${name}: a key may take ${keyBytes} bytes, over ${maxKeyBytes}; lower the maxBytes of its fields`,
    )
  }
  const names = [...spec.key, ...Object.keys(spec.measures)]
  for (const column of names) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(column) || reservedNames.has(column)) {
      throw new TypeError(`${name}: a key field or measure cannot have the name ${column}`)
    }
  }
  if (new Set(names).size < names.length) {
    throw new TypeError(`${name}: two key fields or measures have one name: ${names.join(', ')}`)
  }
  for (const [measure, { reads }] of Object.entries(spec.measures)) {
    for (const { field: named, as } of reads) {
      const field = fieldNamed(event, named, `${name}: ${measure}`)
      if (!mayBe(field, as)) {
        throw new TypeError(
          `${name}: ${measure} needs a ${wordsOf[as]}, and ${named} is ${field.kind}`,
        )
      }
    }
  }
  if (spec.rankBy !== undefined && !Object.hasOwn(spec.measures, spec.rankBy)) {
    throw new TypeError(`${name}: rankBy names no measure: ${spec.rankBy}`)
  }
}

function fieldNamed(event: FieldsOf, name: string, where: string): Field {
  const field = Object.hasOwn(event, name) ? event[name] : undefined
  if (field === undefined) throw new TypeError(`${where} names no field of the event: ${name}`)
  return field
}
