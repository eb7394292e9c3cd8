const statusByCode = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedTrailerError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  OperationAborted: 409,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
} as const

/** The S3 error codes that this server answers with. */
export type S3ErrorCode = keyof typeof statusByCode

/**
 * A refusal in S3's own terms.
 *
 * It is thrown, not returned, because any layer may refuse a request, from the chunk decoder in the
 * middle of a body to the commit, and only one place turns refusals into XML.
 */
export class S3Error extends Error {
  readonly code: S3ErrorCode
  /** HTTP status that belongs to the code. */
  readonly status: number
  /** Headers that the answer carries besides the XML. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: S3ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'S3Error'
    this.code = code
    this.status = statusByCode[code]
    this.headers = headers
  }
}
