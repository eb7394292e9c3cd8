/** Why a value or an event was not taken. */
export type RejectReason =
  | 'not-utf8'
  | 'not-json'
  | 'not-an-object'
  | 'missing'
  | 'wrong-type'
  | 'too-short'
  | 'too-long'
  | 'not-unicode'
  | 'pattern'
  | 'not-one-of'
  | 'too-many-decimals'
  | 'out-of-range'
  | 'bad-timestamp'
  | 'too-early'
  | 'too-far-ahead'
  | 'too-large'
  | 'cut-short'

/** A field's refusal of one value. It does not know the field's name. */
export class Refusal {
  readonly reason: RejectReason
  readonly message: string

  constructor(reason: RejectReason, message: string) {
    this.reason = reason
    this.message = message
  }
}

/**
 * An event that was not taken: returned, never thrown, since bad data is no exception.
 * `field` is absent where the record as a whole is at fault.
 */
export class Reject {
  readonly reason: RejectReason
  readonly field: string | undefined
  readonly message: string

  constructor(reason: RejectReason, field: string | undefined, message: string) {
    this.reason = reason
    this.field = field
    this.message = message
  }
}
