import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { OperationContext, S3Response } from './operations/operation.ts'
import { findOperation } from './operations/routes.ts'
import { S3Error } from './protocol/s3-error.ts'
import { parseRequest } from './protocol/s3-request.ts'
import { buildErrorXml } from './protocol/xml.ts'
import { ObjectStore } from './store/object-store.ts'

const LOOPBACK = new Set(['127.0.0.1', '::1'])
const CLOSE_GRACE_MS = 2_000
const LOCK_WAIT_MS = 5_000
// Longer than any client keeps an idle connection, so that none is closed just as it is used again.
const KEEP_ALIVE_MS = 300_000

/** Where the server keeps its objects and where it listens. */
export interface S3ServerOptions {
  /** Made where there is none; one server at a time may use it. */
  readonly folder: string
  /** A loopback address; 127.0.0.1 unless given. */
  readonly host?: string
  /** 0 for any free port. */
  readonly port: number
  /**
   * How long to wait while another server, such as that of a run just ending, holds the folder;
   * 5,000 unless given.
   */
  readonly lockWaitMs?: number
  /** The clock, in milliseconds since 1970; the system's unless given. */
  readonly nowMs?: () => number
}

/** A server that is listening. */
export interface S3Server {
  /** The endpoint for a client that uses path style. */
  readonly url: string
  /** Lets the requests at hand end, for a few seconds at most, and gives the folder back. */
  close(): Promise<void>
}

/**
 * Starts a server that speaks S3's protocol on this machine only. Credentials may be anything, as
 * signatures are not checked.
 *
 * @throws {StoreInUse} when another server has the folder
 * @throws {Error} when the host is not a loopback address, or the port is taken
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { folder, host = '127.0.0.1', port, lockWaitMs = LOCK_WAIT_MS, nowMs = Date.now } = options
  if (!LOOPBACK.has(host)) throw new Error(`${host} is not a loopback address`)
  const store = await ObjectStore.open(folder, lockWaitMs)
  const atHand = new Set<Promise<void>>()
  const server = createServer((message, response) => {
    const served = serve(message, response, { store, nowMs }).finally(() => atHand.delete(served))
    atHand.add(served)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // A large body on a slow machine may take any time.
  server.requestTimeout = 0
  try {
    await listen(server, host, port)
  } catch (error) {
    store.close()
    throw error
  }
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${host}]` : host}:${address.port}`,
    close: async () => {
      await closeConnections(server)
      await Promise.all(atHand)
      store.close()
    },
  }
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  context: OperationContext,
): Promise<void> {
  const requestId = randomUUID()
  response.setHeader('x-amz-request-id', requestId)
  let answer: S3Response
  try {
    const request = parseRequest(message)
    answer = await findOperation(request)(request, context)
  } catch (error) {
    answer = refusal(error, message, requestId)
  }
  // What a refusal left unread would stand in the way of the connection's next request.
  message.resume()
  await send(response, answer)
}

function refusal(error: unknown, message: IncomingMessage, requestId: string): S3Response {
  const refused =
    error instanceof S3Error ? error : new S3Error('InternalError', `The server failed: ${error}`)
  if (message.method === 'HEAD') return { status: refused.status, headers: refused.headers }
  return {
    status: refused.status,
    headers: refused.headers,
    body: buildErrorXml({
      Code: refused.code,
      Message: refused.message,
      Resource: message.url,
      RequestId: requestId,
    }),
  }
}

async function send(
  response: ServerResponse,
  { status, headers, body }: S3Response,
): Promise<void> {
  if (typeof body === 'string') {
    const bytes = Buffer.from(body)
    const own = { 'content-type': 'application/xml', 'content-length': bytes.length }
    response.writeHead(status, { ...headers, ...own }).end(bytes)
    return
  }
  response.writeHead(status, headers)
  if (body === undefined) {
    response.end()
    return
  }
  try {
    await pipeline(body, response)
  } catch {
    // Either the client went away, or the file could not be read to its end. The status is long
    // sent by then, and the broken connection tells the client that the body is not whole.
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeConnections(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
