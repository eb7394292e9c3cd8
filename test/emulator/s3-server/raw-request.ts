import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** What came back, with the body as text. */
export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Sends a request as it is, without what an SDK would add or put right; on a connection of its own
 * unless an agent is given.
 */
export function rawRequest(
  url: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body: string | Buffer = '',
  agent: Agent | false = false,
): Promise<RawResponse> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent }, (response) => {
      text(response).then((answer) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer })
      }, reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The code inside an error document. */
export function errorCode(response: RawResponse): string | undefined {
  return /<Code>(.*?)<\/Code>/.exec(response.body)?.[1]
}
