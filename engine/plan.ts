/*
 * The plan: what a definition asks for, as `lib/core/engine/plan.ts` writes it. Both name the same
 * offsets, in the order of the members here.
 */

export enum FieldKind {
  Text = 0,
  Number = 1,
  Rfc3339 = 2,
  EpochSeconds = 3,
  EpochMilliseconds = 4,
}

/** 64 bytes. */
@unmanaged
export class Field {
  kind: u32
  /** It may be absent or null. */
  optional: u32
  name: usize
  nameBytes: u32
  /** Of a text: its bytes. */
  minBytes: u32
  maxBytes: u32
  /** Of a text that not all may be: those that were taken lately, else 0. */
  known: usize
  scale: u32
  /** Of a number, in units of its scale. */
  min: i64
  max: i64
  unused: u64
}

export const fieldBytes: usize = 64

/** A number to add up or compare: a field, or a product of up to 7, whose numbers follow. 32 bytes. */
@unmanaged
export class Source {
  factors: u32
}

export const sourceBytes: usize = 32

export enum Op {
  Count = 0,
  /** How many events have the number. */
  CountOf = 1,
  Sum = 2,
  Min = 3,
  Max = 4,
}

/** What ids are for. */
export enum Ids {
  Any = 0,
  /** Each counts once. */
  Once = 1,
  /** Each counts once within an hour (UTC). */
  OnceAnHour = 2,
}

/** 16 bytes. */
@unmanaged
export class Accumulator {
  op: u32
  source: u32
  /** Where it stands in a group. */
  offset: u32
  unused: u32
}

export const accumulatorBytes: usize = 16

/** 32 bytes. */
@unmanaged
export class Aggregation {
  keyFields: u32
  /** A field's number (u32) for each, with the highest bit set for a text. */
  keys: usize
  accumulators: u32
  accumulator: usize
  groupBytes: u32
  /** Where its groups are, and how many. */
  firstPage: usize
  lastPage: usize
  groups: u32
}

export const aggregationBytes: usize = 32

@unmanaged
export class Plan {
  fields: u32
  field: usize
  sources: u32
  source: usize
  aggregations: u32
  aggregation: usize
  idField: u32
  timeField: u32
  /** The fields that are not optional, a bit each. */
  required: u64
  earliestMs: f64
  /** Of these minutes since 1970 a window's number is counted from. */
  firstMinute: i64
  maxAheadMs: f64
  /** `Ids`. */
  ids: u32
  /** Groups know the lines that are in them. */
  byLine: u32
  /** Windows are asked for, not minutes. */
  asksForWindows: u32
  /** Groups know whether an event of theirs came again, or may be missing elsewhere. */
  marksUncertain: u32
  key0: u64
  key1: u64
}

export let plan: Plan = changetype<Plan>(0)

export function setPlan(at: usize): void {
  plan = changetype<Plan>(at)
}
