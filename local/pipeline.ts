import { join } from 'node:path'
import type { FunctionName } from '../build/function-bundle.ts'
import { type LocalClients, localClients } from '../emulator/clients.ts'
import { openEndpoints } from '../emulator/endpoints.ts'
import {
  type EventSourceMapping,
  type FunctionFailure,
  failureObjectKey,
  type MappingProgress,
  startEventSourceMapping,
} from '../emulator/event-source-mapping.ts'
import { provisionBucket, provisionStream, provisionTables } from '../emulator/provision.ts'
import type { AllEndpoints } from '../emulator/servers.ts'
import { tableDefinitions } from '../lib/contract/table-definitions.ts'
import type { Definition } from '../lib/core/index.ts'
import type { Stores } from '../lib/deployment/stores.ts'
import { checkStoredSettings } from './check-stored-settings.ts'
import { ClosingStack } from './closing-stack.ts'
import { type OwnedFolder, takeDataFolder } from './data-folder.ts'
import { localNames, localStores, localStream } from './local-names.ts'
import { startFunctions } from './pipeline-functions.ts'

export interface LocalPipelineOptions {
  readonly folder: string
  /** What is running, for others who find the folder in use. */
  readonly command: string
  readonly definition: Definition
  /** In place of the pipeline's own. */
  readonly timeZone: string | undefined
  /** In place of the embedded servers. */
  readonly endpointUrl: string | undefined
  /** Milliseconds between merges of a week or month that is not over. */
  readonly openPeriodEveryMs: number
  readonly onProgress?: (progress: MappingProgress) => void
  readonly onFunctionFailure?: (failure: FunctionFailure) => void
  readonly onGivenUp?: (records: number) => void
  /** Told after every batch that held records which were refused. */
  readonly onRejected?: (records: number) => void
  /**
   * Gives the endpoints that functions, mapping and producer are to use in place of the servers'
   * own, such as those of proxies that inject faults. What the caller started he closes himself,
   * after the pipeline.
   */
  readonly through?: (endpoints: AllEndpoints) => Promise<AllEndpoints>
  /** Stands around every invocation of a function: may keep it from being made, or lose its answer. */
  readonly around?: (name: FunctionName, invoke: () => Promise<unknown>) => Promise<unknown>
}

/** The deployed pipeline with other endpoints: the same bundles, fed and scheduled alike. */
export interface LocalPipeline {
  /** As the mapping and producers have them. */
  readonly clients: LocalClients
  /** Straight to the servers, for whoever looks after the data. */
  readonly stores: Stores
  readonly stream: string
  readonly timeZone: string
  readonly mapping: EventSourceMapping
  /** Never resolves. Rejects when a server or the mapping ends that was not told to. */
  readonly died: Promise<never>
  /** Invokes the rollup function once; its result. */
  rollUp(): Promise<unknown>
  close(): Promise<void>
}

const shardCount = 2
const batchSize = 5_000
const batchWindowMs = 200
const maxRetries = 10
const mappingId = 'local'

/** Starts servers, functions and mapping on a data folder that nobody else uses. */
export async function startLocalPipeline(options: LocalPipelineOptions): Promise<LocalPipeline> {
  const closing = new ClosingStack()
  try {
    const owned = await takeDataFolder(options.folder, options.command)
    closing.add(() => owned.release())
    return await start(options, owned, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function start(
  options: LocalPipelineOptions,
  owned: OwnedFolder,
  closing: ClosingStack,
): Promise<LocalPipeline> {
  const { stores, endpoints, died } = await startServers(options, owned, closing)
  const clients = localClients(endpoints)
  closing.add(async () => clients.destroy())
  const timeZone = await timeZoneOf(options, owned, stores)
  const { openPeriodEveryMs, onRejected } = options
  const { folder } = owned
  const functions = await startFunctions(
    { folder, endpoints, timeZone, openPeriodEveryMs, shardCount, onRejected },
    closing,
  )
  const { around = (_, call) => call() } = options
  const invoke: Invoke = (name, event) => around(name, () => functions[name].invoke(event))
  const mapping = await startMapping(options, owned, stores, clients, invoke)
  closing.add(() => mapping.stop())
  return {
    clients,
    stores,
    stream: localStream,
    timeZone,
    mapping,
    died: Promise.race([died, mapping.died]),
    rollUp: rollUpBy(invoke, options.endpointUrl === undefined),
    close: () => closing.close(),
  }
}

interface StartedServers {
  readonly stores: Stores
  /** For functions, mapping and producer. */
  readonly endpoints: AllEndpoints
  readonly died: Promise<never>
}

/** Starts the servers, or finds those of the caller, with everything that the pipeline needs there. */
async function startServers(
  options: LocalPipelineOptions,
  owned: OwnedFolder,
  closing: ClosingStack,
): Promise<StartedServers> {
  const which = ['dynamodb', 'kinesis', 's3'] as const
  const servers = await openEndpoints(owned.folder, which, options.endpointUrl)
  closing.add(() => servers.close())
  const direct = localClients(servers.endpoints)
  closing.add(async () => direct.destroy())
  await provision(direct)
  await owned.publish(servers.endpoints)
  const endpoints = (await options.through?.(servers.endpoints)) ?? servers.endpoints
  const stores = localStores(direct)
  await stores.retention.load()
  return { stores, endpoints, died: servers.died }
}

/** Throws DataMismatch. */
async function timeZoneOf(
  options: LocalPipelineOptions,
  owned: OwnedFolder,
  stores: Stores,
): Promise<string> {
  const stored = await stores.settings.read()
  checkStoredSettings(stored, options.definition, options.timeZone, owned)
  return options.timeZone ?? stored?.timeZone ?? options.definition.timeZone
}

type Invoke = (name: FunctionName, event: unknown) => Promise<unknown>

function startMapping(
  options: LocalPipelineOptions,
  owned: OwnedFolder,
  stores: Stores,
  clients: LocalClients,
  invoke: Invoke,
): Promise<EventSourceMapping> {
  return startEventSourceMapping({
    kinesis: clients.kinesis,
    stream: localStream,
    checkpointFile: join(owned.folder, 'event-source-mapping.json'),
    options: {
      batchSize,
      batchWindowMs,
      bisectOnError: true,
      maxRetries,
      reportBatchItemFailures: true,
      functionName: 'stream-aggregate',
    },
    invoke: (event) => invoke('stream-aggregate', event),
    async onFailure(record) {
      const body = Buffer.from(JSON.stringify(record))
      await stores.objects.put(failureObjectKey(mappingId, record), body)
      options.onGivenUp?.(record.KinesisBatchInfo.batchSize)
    },
    ...(options.onProgress && { onProgress: options.onProgress }),
    ...(options.onFunctionFailure && { onFunctionFailure: options.onFunctionFailure }),
  })
}

/** Each call invokes the rollup function once. */
function rollUpBy(invoke: Invoke, ownsServers: boolean): () => Promise<unknown> {
  // Whoever owns the embedded servers knows that no other run is alive, so the lease and the marks of
  // a run that was killed need not be waited for.
  let soleProcess = ownsServers
  return async () => {
    const request = { soleProcess }
    soleProcess = ownsServers
    const result = await invoke('batch-rollup', request)
    soleProcess = false
    return result
  }
}

async function provision(clients: LocalClients): Promise<void> {
  await Promise.all([
    provisionTables(clients.dynamodb, Object.values(tableDefinitions)),
    provisionStream(clients.kinesis, { name: localStream, shardCount }),
    provisionBucket(clients.s3, localNames.bucket),
  ])
}
