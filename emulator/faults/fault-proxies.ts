import type { AllEndpoints, ServerName } from '../servers.ts'
import { addCounts, type FaultCounts, type FaultRates } from './fault-kinds.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { seededRandom } from './seeded-random.ts'

export interface FaultProxiesOptions {
  readonly seed: number
  readonly rates: FaultRates
  readonly hangMs: number
  readonly maxSlowMs: number
}

export interface FaultProxies {
  /** Starts a proxy before each server, and gives where they answer. */
  through(endpoints: AllEndpoints): Promise<AllEndpoints>
  requests(): number
  counts(): FaultCounts
  stopFaults(): void
  close(): Promise<void>
}

const services = ['dynamodb', 'kinesis', 's3'] as const

/** Fault proxies for all the servers of a pipeline, each with a source of chance of its own. */
export function createFaultProxies({ seed, ...options }: FaultProxiesOptions): FaultProxies {
  const proxies: FaultProxy[] = []
  return {
    async through(endpoints) {
      const urls: [ServerName, string][] = []
      for (const [at, service] of services.entries()) {
        const random = seededRandom(seed + at)
        const target = endpoints[service]
        const proxy = await startFaultProxy({ ...options, service, target, random })
        proxies.push(proxy)
        urls.push([service, proxy.url])
      }
      return Object.fromEntries(urls) as AllEndpoints
    },
    requests: () => proxies.reduce((sum, proxy) => sum + proxy.requests(), 0),
    counts: () => addCounts(proxies.map((proxy) => proxy.counts())),
    stopFaults: () => {
      for (const proxy of proxies) proxy.stopFaults()
    },
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}
