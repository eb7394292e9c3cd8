import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { localCredentials, localRegion } from '../../../emulator/identity.ts'

export interface ScriptedAnswer {
  readonly status: number
  readonly body: object
}

/** What to answer a request; `reset` breaks the connection without a word. */
export type Script = (
  operation: string,
  body: Record<string, unknown>,
) => Promise<ScriptedAnswer | 'reset'> | ScriptedAnswer | 'reset'

export interface ScriptedDynamoDb {
  readonly client: DynamoDBClient
  close(): Promise<void>
}

/** A server that speaks DynamoDB's protocol and answers by a script, with a client of it. */
export async function startScriptedDynamoDb(script: Script): Promise<ScriptedDynamoDb> {
  const server = createServer((request, response) => void answer(script, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: localRegion,
    credentials: localCredentials,
    maxAttempts: 3,
  })
  return {
    client,
    async close() {
      client.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(script: Script, request: IncomingMessage, response: ServerResponse) {
  const [, operation = ''] = String(request.headers['x-amz-target']).split('.')
  const scripted = await script(operation, JSON.parse(await text(request)))
  if (scripted === 'reset') {
    request.socket.destroy()
    return
  }
  response.writeHead(scripted.status, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(JSON.stringify(scripted.body))
}

export const done: ScriptedAnswer = { status: 200, body: {} }

export function refusal(code: string, more: object = {}): ScriptedAnswer {
  return {
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: code, ...more },
  }
}
