import type { ServerName } from '../servers.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly type: string
}

export type RefusalKind = 'throttle' | 'server-error' | 'unavailable'

/** What each service says when it refuses a request, as AWS documents it. */
const answers: Record<ServerName, Record<RefusalKind, ErrorAnswer>> = {
  dynamodb: {
    throttle: { status: 400, type: 'ProvisionedThroughputExceededException' },
    'server-error': { status: 500, type: 'InternalServerError' },
    unavailable: { status: 503, type: 'ServiceUnavailable' },
  },
  kinesis: {
    throttle: { status: 400, type: 'ProvisionedThroughputExceededException' },
    'server-error': { status: 500, type: 'InternalFailure' },
    unavailable: { status: 503, type: 'ServiceUnavailable' },
  },
  s3: {
    throttle: { status: 503, type: 'SlowDown' },
    'server-error': { status: 500, type: 'InternalError' },
    unavailable: { status: 503, type: 'ServiceUnavailable' },
  },
}

/** An error as the service itself would send it. */
export function refusal(service: ServerName, kind: RefusalKind) {
  const { status, type } = answers[service][kind]
  const message = `An injected ${kind}`
  if (service === 's3') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${type}</Code><Message>${message}</Message></Error>`
    return { status, contentType: 'application/xml', body }
  }
  const version = service === 'dynamodb' ? '1.0' : '1.1'
  const namespace = service === 'dynamodb' ? 'com.amazonaws.dynamodb.v20120810#' : ''
  const body = JSON.stringify({ __type: `${namespace}${type}`, message })
  return { status, contentType: `application/x-amz-json-${version}`, body }
}
