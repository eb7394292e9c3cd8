import { setTimeout as sleep } from 'node:timers/promises'
import { localDynamodbClient, localS3Client } from '../emulator/clients.ts'
import { openEndpoints } from '../emulator/endpoints.ts'
import { provisionBucket, provisionTables } from '../emulator/provision.ts'
import { tableDefinitions } from '../lib/contract/table-definitions.ts'
import type { Stores } from '../lib/deployment/stores.ts'
import { ClosingStack } from './closing-stack.ts'
import {
  DataFolderInUse,
  isDataFolder,
  type OwnedFolder,
  type Owner,
  readOwner,
  takeDataFolder,
} from './data-folder.ts'
import { localNames, localStores } from './local-names.ts'
import { NoData } from './source.ts'

export interface FolderAccess {
  /** What opens the folder, for others who find it in use. */
  readonly command: string
  /** Whether a command that uses the folder does so for long, and has its servers read from meanwhile. */
  readonly isServing: (command: string) => boolean
  /** What stands in for embedded servers, where they would be started; throws where it makes no sense. */
  readonly endpointUrl: () => string | undefined
}

/** The data of a folder, read from servers that were started for it or from those of its owner. */
export interface OpenFolder {
  readonly stores: Stores
  /** The command that is running on the data, if one is. */
  readonly running: string | undefined
  close(): Promise<void>
}

interface Endpoints {
  readonly dynamodb: string
  readonly s3: string
}

/** The command that owns the folder has not told where its servers are. */
export class OwnerNotReady extends Error {
  override readonly name = 'OwnerNotReady'

  constructor(folder: string) {
    super(`the command that uses ${folder} has not started its servers; try again`)
  }
}

/**
 * Takes a data folder, or joins the command that serves it.
 *
 * @throws {NoData} where there is no such folder.
 * @throws {DataFolderInUse} where others that do not serve have it for 30 s.
 * @throws {OwnerNotReady} where one that serves has no servers after 5 s.
 */
export async function openFolder(folder: string, access: FolderAccess): Promise<OpenFolder> {
  if (!isDataFolder(folder)) throw new NoData({ folder })
  const closing = new ClosingStack()
  try {
    const held = await takeOrJoin(folder, access)
    const running = 'running' in held ? held.running : undefined
    const endpoints =
      'running' in held
        ? await endpointsOf(folder)
        : await startServers(held, access.endpointUrl, closing)
    const stores = await storesAt(endpoints, closing)
    return { stores, running, close: () => closing.close() }
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** The command that runs on the folder for long, if one does. */
export async function servingOwner(
  folder: string,
  isServing: FolderAccess['isServing'],
): Promise<Owner | undefined> {
  const owner = await readOwner(folder)
  return owner !== undefined && isServing(owner.command) ? owner : undefined
}

const pollMs = 50
const readersWaitMs = 30_000

/** Takes the folder, or joins the command that runs on it; other readers are soon done. */
async function takeOrJoin(
  folder: string,
  { command, isServing }: FolderAccess,
): Promise<OwnedFolder | { readonly running: string }> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const owner = await servingOwner(folder, isServing)
    if (owner !== undefined) return { running: owner.command }
    try {
      return await takeDataFolder(folder, command)
    } catch (error) {
      if (!(error instanceof DataFolderInUse) || waitedMs >= readersWaitMs) throw error
    }
    await sleep(pollMs)
  }
}

const startWaitMs = 5_000

/** A command that has only just begun tells its servers' addresses in a moment. */
async function endpointsOf(folder: string): Promise<Endpoints> {
  for (let waitedMs = 0; waitedMs < startWaitMs; waitedMs += pollMs) {
    const { dynamodb, s3 } = (await readOwner(folder))?.endpoints ?? {}
    if (dynamodb !== undefined && s3 !== undefined) return { dynamodb, s3 }
    await sleep(pollMs)
  }
  throw new OwnerNotReady(folder)
}

async function startServers(
  owned: OwnedFolder,
  endpointUrl: FolderAccess['endpointUrl'],
  closing: ClosingStack,
): Promise<Endpoints> {
  closing.add(() => owned.release())
  const servers = await openEndpoints(owned.folder, ['dynamodb', 's3'], endpointUrl())
  closing.add(() => servers.close())
  return servers.endpoints
}

/** Tables are made where they are missing: whoever was first may have been stopped before. */
async function storesAt(endpoints: Endpoints, closing: ClosingStack): Promise<Stores> {
  const clients = {
    dynamodb: localDynamodbClient(endpoints.dynamodb),
    s3: localS3Client(endpoints.s3),
  }
  closing.add(async () => {
    clients.dynamodb.destroy()
    clients.s3.destroy()
  })
  await provisionTables(clients.dynamodb, Object.values(tableDefinitions))
  await provisionBucket(clients.s3, localNames.bucket)
  return localStores(clients)
}
