import { randomUUID } from 'node:crypto'
import { defaultGraceMs } from '../lib/contract/defaults.ts'
import type { Definition } from '../lib/core/index.ts'
import type { Environment } from '../lib/deployment/environment.ts'
import { openStack } from '../lib/deployment/open-stack.ts'
import type { Stores } from '../lib/deployment/stores.ts'
import { checkStoredSettings } from './check-stored-settings.ts'
import { endpointUrl, hasOwnS3 } from './endpoint-url.ts'
import { type FolderAccess, openFolder } from './open-folder.ts'
import { NoData, type Source } from './source.ts'

export interface OpenOptions extends Pick<FolderAccess, 'command' | 'isServing'> {
  /** Rows of another are not opened. */
  readonly definition: Definition
  /** The zone that rows have to be of; theirs, whichever it is, unless told. */
  readonly timeZone?: string | undefined
  /** Says what stands in for AWS and for the embedded servers. */
  readonly environment: Environment
}

/** Data to read, whether it is on this machine or deployed. Dispose of it, or close it, when done. */
export interface OpenData extends AsyncDisposable {
  readonly stores: Stores
  readonly timeZone: string
  /** How long after its end an hour is still taken from minute rows. */
  readonly graceMs: number
  /** The command that is running on the data, if one is. */
  readonly running: string | undefined
  close(): Promise<void>
}

/**
 * Opens the data of a source. A folder is taken, or joined where a command serves it; its servers run
 * for as long as the data is open.
 *
 * @throws {NoData} where nothing was made there yet.
 * @throws {DataMismatch} where rows are of another definition or zone.
 * @throws {DataFolderInUse} {DataFolderUnusable} {OwnerNotReady} as the folder is.
 * @throws {StackUnusable} where there is no such stack.
 * @throws {BadEnvironment} where an endpoint is no URL.
 */
export async function openData(source: Source, options: OpenOptions): Promise<OpenData> {
  const { stores, graceMs, running, close } = await openStores(source, options)
  try {
    const stored = await stores.settings.read()
    if (stored === undefined) throw new NoData(source)
    checkStoredSettings(stored, options.definition, options.timeZone, source)
    await stores.retention.load()
    const { timeZone } = stored
    return { stores, timeZone, graceMs, running, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openStores(
  source: Source,
  { command, isServing, environment }: OpenOptions,
): Promise<Omit<OpenData, 'timeZone' | keyof AsyncDisposable>> {
  if ('stack' in source) {
    const pathStyle = hasOwnS3(environment)
    const access = { pathStyle, nowMs: Date.now, random: Math.random, newToken: randomUUID }
    return { ...(await openStack(source.stack, access)), running: undefined }
  }
  const access = { command, isServing, endpointUrl: () => endpointUrl(environment) }
  return { ...(await openFolder(source.folder, access)), graceMs: defaultGraceMs }
}
