import { type Agent, type IncomingMessage, request as openRequest } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ProxiedRequest } from './proxied-request.ts'

/**
 * Passes a request on and gives the server's answer, its body still to be read. A body that the
 * proxy does not have goes through as it comes, and breaks off with the client's.
 */
export function forward(
  target: string,
  agent: Agent,
  request: ProxiedRequest,
  incoming: IncomingMessage,
): Promise<IncomingMessage> {
  const { method, path, body } = request
  // The proxy has said "continue" to the client itself.
  const { expect: _, ...headers } = request.headers
  if (body !== undefined) headers['content-length'] = String(body.length)
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(target)
    const outgoing = openRequest({ hostname, port, agent, method, path, headers })
    // More than one may come: once that it broke off, and again as what was left is let go of.
    outgoing.on('error', reject)
    outgoing.once('response', resolve)
    if (body === undefined) pipeline(incoming, outgoing).catch(reject)
    else outgoing.end(body)
  })
}
