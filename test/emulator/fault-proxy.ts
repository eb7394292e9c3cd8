import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A call to an AWS JSON service, and what the proxy may do with it. */
export type ProxiedCall = {
  /** As in `PutRecords`. */
  readonly operation: string
  readonly input: Record<string, unknown>
  /** The answer of the server behind. */
  forward(input?: Record<string, unknown>): Promise<Record<string, unknown>>
}

export type ProxyAnswer =
  | { readonly status: number; readonly body: Record<string, unknown> }
  | 'cut the connection'

/**
 * Stands between a client and an embedded server, for the test's time, and lets `answer` change or
 * refuse calls; `undefined` passes them on. Gives the proxy's URL.
 */
export async function startFaultProxy(
  target: string,
  answer: (call: ProxiedCall) => Promise<ProxyAnswer | undefined> | ProxyAnswer | undefined,
): Promise<string> {
  const server = createServer(async (incoming, response) => {
    const body = await readAll(incoming)
    const input = JSON.parse(body.toString()) as Record<string, unknown>
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const pass = async (changed = input) => {
      const passed = await forward(target, incoming, Buffer.from(JSON.stringify(changed)))
      return { status: passed.status, body: JSON.parse(passed.body.toString() || '{}') }
    }
    const call = {
      operation,
      input,
      forward: async (changed = input) => (await pass(changed)).body,
    }
    const given = (await answer(call)) ?? (await pass())
    if (given === 'cut the connection') incoming.socket.destroy()
    else sendJson(response, given.status, given.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An error as an AWS JSON service sends it. */
export function awsError(status: number, type: string): ProxyAnswer {
  return { status, body: { __type: type, message: `injected ${type}` } }
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(body))
}

function forward(
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, 'content-length': String(body.length) }
    const outgoing = request(target, { method: 'POST', path: incoming.url ?? '/', headers })
    outgoing.once('error', reject)
    outgoing.once('response', (answer) => {
      readAll(answer).then(
        (read) => resolve({ status: answer.statusCode ?? 500, body: read }),
        reject,
      )
    })
    outgoing.end(body)
  })
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
