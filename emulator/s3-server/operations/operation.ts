import type { Readable } from 'node:stream'
import type { S3Request } from '../protocol/s3-request.ts'
import type { ObjectStore } from '../store/object-store.ts'

/** What every operation works with. */
export interface OperationContext {
  readonly store: ObjectStore
  /** The clock, in milliseconds since 1970. */
  readonly nowMs: () => number
}

/** An answer before it is written to the socket. A string body is XML. */
export interface S3Response {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Readable
}

/** Answers one kind of request; refusals are thrown as `S3Error`. */
export type Operation = (
  request: S3Request,
  context: OperationContext,
) => S3Response | Promise<S3Response>
