import { setTimeout as sleep } from 'node:timers/promises'
import { localDynamodbClient, localS3Client } from '../emulator/clients.ts'
import { openEndpoints } from '../emulator/endpoints.ts'
import { provisionBucket, provisionTables } from '../emulator/provision.ts'
import { defaultGraceMs } from '../lib/contract/defaults.ts'
import { tableDefinitions } from '../lib/contract/table-definitions.ts'
import { type Aggregation, createCalendar, type Pipeline } from '../lib/core/index.ts'
import type { Stores } from '../lib/deployment/stores.ts'
import type { Reader } from '../lib/query/reader.ts'
import {
  type CheckedData,
  checkStoredSettings,
  folderToCheck,
  stackToCheck,
} from '../local/check-stored-settings.ts'
import {
  DataFolderInUse,
  isDataFolder,
  type OwnedFolder,
  type Owner,
  readOwner,
  takeDataFolder,
} from '../local/data-folder.ts'
import { localNames, localStores } from '../local/local-names.ts'
import { Failure, UsageError } from './failure.ts'
import { openStack } from './open-stack.ts'
import { endpointUrl, hasOwnS3, type SourceOptions } from './options.ts'

/** Data to read: that of a running command, or of a folder whose servers were started for it. */
export interface OpenData {
  readonly stores: Stores
  readonly timeZone: string
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  /** The command that is running on the data, if one is. */
  readonly running: string | undefined
}

interface Endpoints {
  readonly dynamodb: string
  readonly s3: string
}

/** Opens the data that the options name, gives it to `read`, and closes it whatever happens. */
export async function withData<Result>(
  pipeline: Pipeline,
  command: string,
  { data, zone, stack }: SourceOptions,
  read: (open: OpenData) => Promise<Result>,
): Promise<Result> {
  if (stack !== undefined) {
    const { stores, graceMs } = await openStack(stack, hasOwnS3())
    const running = undefined
    return readStores(pipeline, stores, stackToCheck(stack), undefined, { graceMs, running }, read)
  }
  if (!isDataFolder(data)) throw noData(data)
  const held = await takeOrJoin(data, command)
  if ('running' in held) {
    return readFrom(pipeline, await endpointsOf(data), data, zone, held.running, read)
  }
  try {
    const servers = await openEndpoints(held.folder, ['dynamodb', 's3'], endpointUrl())
    try {
      return await readFrom(pipeline, servers.endpoints, data, zone, undefined, read)
    } finally {
      await servers.close()
    }
  } finally {
    await held.release()
  }
}

/** Commands that run for long, and whose servers others read from meanwhile. */
const serving = new Set(['twofold start', 'twofold run'])

/** The command that runs on the folder for long, if one does. */
export async function servingOwner(data: string): Promise<Owner | undefined> {
  const owner = await readOwner(data)
  return owner !== undefined && serving.has(owner.command) ? owner : undefined
}

const pollMs = 50
const readersWaitMs = 30_000

/** Takes the folder, or joins the command that runs on it; other readers are soon done. */
async function takeOrJoin(
  data: string,
  command: string,
): Promise<OwnedFolder | { readonly running: string }> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const owner = await servingOwner(data)
    if (owner !== undefined) return { running: owner.command }
    try {
      return await takeDataFolder(data, command)
    } catch (error) {
      if (!(error instanceof DataFolderInUse) || waitedMs >= readersWaitMs) throw error
    }
    await sleep(pollMs)
  }
}

const startWaitMs = 5_000

/** A command that has only just begun tells its servers' addresses in a moment. */
async function endpointsOf(data: string): Promise<Endpoints> {
  for (let waitedMs = 0; waitedMs < startWaitMs; waitedMs += pollMs) {
    const { dynamodb, s3 } = (await readOwner(data))?.endpoints ?? {}
    if (dynamodb !== undefined && s3 !== undefined) return { dynamodb, s3 }
    await sleep(pollMs)
  }
  throw new Failure(`the command that uses ${data} has not started its servers; try again`)
}

async function readFrom<Result>(
  pipeline: Pipeline,
  endpoints: Endpoints,
  data: string,
  zone: string | undefined,
  running: string | undefined,
  read: (open: OpenData) => Promise<Result>,
): Promise<Result> {
  const clients = {
    dynamodb: localDynamodbClient(endpoints.dynamodb),
    s3: localS3Client(endpoints.s3),
  }
  try {
    await provisionTables(clients.dynamodb, Object.values(tableDefinitions))
    await provisionBucket(clients.s3, localNames.bucket)
    const known = { graceMs: defaultGraceMs, running }
    return await readStores(pipeline, localStores(clients), folderToCheck(data), zone, known, read)
  } finally {
    clients.dynamodb.destroy()
    clients.s3.destroy()
  }
}

async function readStores<Result>(
  pipeline: Pipeline,
  stores: Stores,
  where: CheckedData,
  zone: string | undefined,
  known: Pick<OpenData, 'graceMs' | 'running'>,
  read: (open: OpenData) => Promise<Result>,
): Promise<Result> {
  const stored = await stores.settings.read()
  if (stored === undefined) throw noData(where.name)
  checkStoredSettings(stored, pipeline, zone, where)
  await stores.retention.load()
  return read({ stores, timeZone: stored.timeZone, ...known })
}

export function noData(where: string): Failure {
  return new Failure(
    `there is no data in ${where} yet; make some with \`twofold run --input FILE\` or ` +
      '`twofold start`, or send events to a deployed stream',
  )
}

/** What queries read from. */
export function readerOf(open: Omit<OpenData, 'running'>, aggregation: Aggregation): Reader {
  const { minutes, rollups, changed } = open.stores
  const calendar = createCalendar(open.timeZone)
  return {
    aggregation,
    calendar,
    minutes,
    rollups,
    changed,
    nowMs: Date.now(),
    graceMs: open.graceMs,
  }
}

/** The aggregation of that name, or the first. Throws UsageError. */
export function chooseAggregation(pipeline: Pipeline, name: string | undefined): Aggregation {
  const [first] = pipeline.aggregations
  const found = name === undefined ? first : pipeline.aggregations.find((one) => one.name === name)
  if (found === undefined) {
    const names = pipeline.aggregations.map((one) => one.name).join(', ')
    throw new UsageError(`there is no aggregation named ${name}; there are ${names}`)
  }
  return found
}
