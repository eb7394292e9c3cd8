import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ProxiedRequest } from './proxied-request.ts'

/** Gives the client the server's answer as it is. */
export async function passOn(answered: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answered.statusCode ?? 500, answered.headers)
  await pipeline(answered, response)
}

/** Ends the connection as a host that died would: the client sees a reset. */
export function lose(response: ServerResponse): void {
  response.req.socket.resetAndDestroy()
}

/** Sends that share of the answer's body, of which the whole length was announced, and no more. */
export async function cutShort(
  answered: IncomingMessage,
  response: ServerResponse,
  share: number,
  beforeEnd: () => Promise<void>,
): Promise<void> {
  const length = Number(answered.headers['content-length'] ?? 0)
  // With nothing to cut from, the answer is whole once it has begun; so nothing of it is sent.
  let left = Math.floor(length * share)
  if (length > 0) response.writeHead(answered.statusCode ?? 500, answered.headers)
  for await (const chunk of answered) {
    const sent = (chunk as Buffer).subarray(0, left)
    left -= sent.length
    if (sent.length > 0) await write(response, sent)
  }
  await beforeEnd()
  // Not by a reset, which may take back what was sent before it.
  response.req.socket.destroy()
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

export function sendText(
  response: ServerResponse,
  answer: { readonly status: number; readonly contentType: string; readonly body: string },
): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
  })
  response.end(answer.body)
}

export function sendJson(
  response: ServerResponse,
  { headers }: ProxiedRequest,
  answer: Record<string, unknown>,
): void {
  const contentType = headers['content-type'] ?? 'application/x-amz-json-1.0'
  sendText(response, { status: 200, contentType, body: JSON.stringify(answer) })
}
