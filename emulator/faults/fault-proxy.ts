import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerName } from '../servers.ts'
import { cutShort, lose, passOn, sendJson, sendText } from './answer.ts'
import { refusal } from './error-answers.ts'
import { allFaultKinds, type FaultCounts, type FaultKind, type FaultRates } from './fault-kinds.ts'
import { forward } from './forward.ts'
import { askForLess, makePartial, type PartialKind } from './partial-requests.ts'
import { drawFault, type ProxiedRequest, readAll, readRequest } from './proxied-request.ts'

export interface FaultProxyOptions {
  readonly service: ServerName
  /** The URL of the server behind. */
  readonly target: string
  readonly rates: FaultRates
  /** A number from 0 up to 1. One source gives the same faults for the same order of requests. */
  readonly random: () => number
  /** A hang ends after so long with a closed connection, should the client still be waiting. */
  readonly hangMs: number
  /** A slow answer comes up to this much later. */
  readonly maxSlowMs: number
}

export interface FaultProxy {
  readonly url: string
  /** How many requests came in, whatever befell them. */
  requests(): number
  counts(): FaultCounts
  /** Passes everything on as it is from here on. */
  stopFaults(): void
  /** Throws what went wrong in the proxy itself, should anything have. */
  close(): Promise<void>
}

/**
 * Stands between the SDK and an embedded server, passes requests on and, at random, lets a fault
 * befall them. A request that is passed on is so at once, and only its answer is held up: one that
 * came late could outlive the process that sent it, which no server of ours would do.
 *
 * Changed requests no longer fit their signatures, which the embedded servers do not check.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const counts = Object.fromEntries(allFaultKinds.map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >
  let requests = 0
  let rates = options.rates
  let broken: unknown
  const agent = new Agent({ keepAlive: true })
  const closing = new AbortController()
  const proxy: Proxy = { ...options, agent, closing: closing.signal }

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    requests++
    const request = await readRequest(options.service, incoming)
    const kind = drawFault(request, rates, options.random)
    if (kind !== undefined) counts[kind]++
    await answer(proxy, kind, { request, incoming, response })
  }
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // Whoever asks or answers may be gone, killed in the middle of it. All else is our mistake.
      if (typeof (error as { code?: unknown }).code !== 'string') broken ??= error
      lose(response)
    })
  })
  // A client keeps its connections as long as it likes, as with a real endpoint.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    counts: () => ({ ...counts }),
    stopFaults: () => {
      rates = {}
    },
    async close() {
      closing.abort()
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
      if (broken !== undefined) throw broken
    },
  }
}

type Proxy = FaultProxyOptions & { readonly agent: Agent; readonly closing: AbortSignal }

interface Exchange {
  readonly request: ProxiedRequest
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
}

async function answer(
  proxy: Proxy,
  kind: FaultKind | undefined,
  exchange: Exchange,
): Promise<void> {
  const { request, incoming, response } = exchange
  const ask = (asked = request) => forward(proxy.target, proxy.agent, asked, incoming)
  switch (kind) {
    case undefined:
      return passOn(await ask(), response)
    case 'throttle':
    case 'server-error':
    case 'unavailable':
      // The answer to a body that was not read to its end would look like a reset.
      if (request.body === undefined) await readAll(incoming)
      return sendText(response, refusal(proxy.service, kind))
    case 'reset-before':
      return lose(response)
    case 'reset-after':
      await readAll(await ask())
      return lose(response)
    case 'hang':
      return hang(proxy, exchange, ask)
    case 'slow': {
      const answered = await ask()
      await pause(proxy, proxy.random() * proxy.maxSlowMs)
      return passOn(answered, response)
    }
    case 'cut-answer':
      return cutShort(await ask(), response, proxy.random(), async () => undefined)
    case 'stall':
      return cutShort(await ask(), response, proxy.random(), () => pause(proxy, proxy.hangMs))
    case 'short-page':
      return passOn(await ask(askForLess(request, proxy.random)), response)
    case 'unprocessed-items':
    case 'failed-records':
      return answerInPart(proxy, kind, exchange, ask)
  }
}

type Ask = (asked?: ProxiedRequest) => Promise<IncomingMessage>

/** Nobody can tell from outside whether a request that hangs was applied, so either may be. */
async function hang(proxy: Proxy, { response }: Exchange, ask: Ask): Promise<void> {
  if (proxy.random() < 0.5) await readAll(await ask())
  await pause(proxy, proxy.hangMs)
  lose(response)
}

async function answerInPart(
  proxy: Proxy,
  kind: PartialKind,
  { request, response }: Exchange,
  ask: Ask,
): Promise<void> {
  const partial = makePartial(kind, request, proxy.random)
  const answered = partial.request && (await ask(partial.request))
  if (answered !== undefined && answered.statusCode !== 200) return passOn(answered, response)
  const given = answered && JSON.parse((await readAll(answered)).toString())
  sendJson(response, request, partial.answer(given))
}

/** Ends early when the proxy is closed. */
async function pause({ closing }: Proxy, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: closing }).catch(() => undefined)
}
