import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'

export interface ClientOptions {
  /** Whether bucket names stand in the path, as servers other than S3 want it. */
  readonly pathStyle: boolean
}

/** The SDK's standard mode backs off with full jitter; this often until a request has failed. */
const maxAttempts = 8

/**
 * A merge holds a stream per part open, and some merges are under way at once: were there fewer
 * sockets than streams, each could wait for the others without end.
 */
const maxSockets = 512

/** A request that hangs is worth less than its retry; without `throw…` the SDK would only warn. */
const requestHandler = {
  connectionTimeout: 2_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  // The one above ends with the headers of an answer, and its body may stop coming as well.
  socketTimeout: 20_000,
  httpAgent: { keepAlive: true, maxSockets },
  httpsAgent: { keepAlive: true, maxSockets },
}

/** The functions' clients; endpoints and credentials are found as the SDK does by itself. */
export function createClients({ pathStyle }: ClientOptions) {
  const shared = { maxAttempts, retryMode: 'standard', requestHandler } as const
  return {
    dynamoDb: new DynamoDBClient(shared),
    s3: new S3Client({ ...shared, forcePathStyle: pathStyle }),
  }
}
