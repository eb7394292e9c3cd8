import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { ServerName } from '../servers.ts'
import { allFaultKinds, type FaultKind, type FaultRates } from './fault-kinds.ts'

/** A request as the proxy has it before it is passed on. */
export interface ProxiedRequest {
  readonly service: ServerName
  /** As in `PutRecords`; of S3, the two that the proxy treats apart, or the method. */
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The whole body, of services that speak JSON; that of S3 is passed on as it comes. */
  readonly body: Buffer | undefined
}

export async function readRequest(
  service: ServerName,
  incoming: IncomingMessage,
): Promise<ProxiedRequest> {
  const { headers, method = 'GET', url: path = '/' } = incoming
  const body = service === 's3' ? undefined : await readAll(incoming)
  const operation =
    service === 's3'
      ? s3Operation(method, path)
      : (String(headers['x-amz-target']).split('.')[1] ?? '')
  return { service, operation, method, path, headers, body }
}

export async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function s3Operation(method: string, path: string): string {
  return method === 'GET' && path.includes('list-type=2') ? 'ListObjectsV2' : method
}

/** The operations that a fault is about; those that are not here befall any. */
const onlyOf: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  'unprocessed-items': ['BatchWriteItem'],
  'failed-records': ['PutRecords'],
  'short-page': ['Query', 'Scan', 'GetRecords', 'ListObjectsV2'],
}

/** The fault that befalls a request, drawn by the rates; most often none. */
export function drawFault(
  { operation }: ProxiedRequest,
  rates: FaultRates,
  random: () => number,
): FaultKind | undefined {
  let left = random()
  for (const kind of allFaultKinds) {
    const operations = onlyOf[kind]
    if (operations !== undefined && !operations.includes(operation)) continue
    left -= rates[kind] ?? 0
    if (left < 0) return kind
  }
  return undefined
}
