import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'

export interface ClientOptions {
  /** Whether bucket names stand in the path, as servers other than S3 want it. */
  readonly pathStyle: boolean
  /** An answer of which no byte comes for so long, in ms, is given up. Default 20,000. */
  readonly stalledAfterMs?: number
}

/** The SDK's standard mode backs off with full jitter; this often until a request has failed. */
const maxAttempts = 8

/**
 * A merge holds a stream per part open, and some merges are under way at once: were there fewer
 * sockets than streams, each could wait for the others without end.
 */
const maxSockets = 512

/** A request that hangs is worth less than its retry; without `throw…` the SDK would only warn. */
const handlerSettings = {
  connectionTimeout: 2_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  httpAgent: { keepAlive: true, maxSockets },
  httpsAgent: { keepAlive: true, maxSockets },
}

/** The functions' clients; endpoints and credentials are found as the SDK does by itself. */
export function createClients({ pathStyle, stalledAfterMs = 20_000 }: ClientOptions) {
  // The request's own timeout ends with the headers of its answer, of which the rest may not come.
  const requestHandler = { ...handlerSettings, socketTimeout: stalledAfterMs }
  const shared = { maxAttempts, retryMode: 'standard', requestHandler } as const
  return {
    dynamoDb: new DynamoDBClient(shared),
    s3: new S3Client({ ...shared, forcePathStyle: pathStyle }),
  }
}
