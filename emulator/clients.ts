import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { localCredentials, localRegion } from './identity.ts'

/** Enough for every shard, function and store at once; the SDK's own 50 makes them wait. */
const maxSockets = 200

const requestTimeoutMs = 30_000

/** An embedded server answers in milliseconds; a hang must not hang us. */
function requestHandler(): NodeHttpHandler {
  return new NodeHttpHandler({
    httpAgent: { keepAlive: true, maxSockets },
    httpsAgent: { keepAlive: true, maxSockets },
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    socketTimeout: requestTimeoutMs,
  })
}

function settings(endpoint: string) {
  return {
    endpoint,
    region: localRegion,
    credentials: localCredentials,
    requestHandler: requestHandler(),
  }
}

/** A client of the embedded DynamoDB. Call `destroy` when done. */
export function localDynamodbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient(settings(endpoint))
}

/** A client of the embedded Kinesis, over HTTP/1.1: the SDK's default, HTTP/2, needs TLS. */
export function localKinesisClient(endpoint: string): KinesisClient {
  return new KinesisClient(settings(endpoint))
}

/** A client of the embedded S3. Call `destroy` when done. */
export function localS3Client(endpoint: string): S3Client {
  return new S3Client({ ...settings(endpoint), forcePathStyle: true })
}

export type LocalClients = {
  readonly dynamodb: DynamoDBClient
  readonly kinesis: KinesisClient
  readonly s3: S3Client
  destroy(): void
}

/** The three clients for the endpoints of `startServers`. */
export function localClients(endpoints: {
  readonly dynamodb: string
  readonly kinesis: string
  readonly s3: string
}): LocalClients {
  const dynamodb = localDynamodbClient(endpoints.dynamodb)
  const kinesis = localKinesisClient(endpoints.kinesis)
  const s3 = localS3Client(endpoints.s3)
  return {
    dynamodb,
    kinesis,
    s3,
    destroy: () => {
      for (const client of [dynamodb, kinesis, s3]) client.destroy()
    },
  }
}
