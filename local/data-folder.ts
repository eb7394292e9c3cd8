import { existsSync } from 'node:fs'
import { access, constants, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Endpoints } from '../emulator/servers.ts'
import { type Holder, readLivingHolder, takeExclusiveFile } from './exclusive-file.ts'
import { processStart } from './process-identity.ts'

/** The version of what lies in a data folder. Count it up when older code could not read it. */
const folderFormat = 1

/** The process that owns a data folder, as `owner.json` tells it. */
export type Owner = Holder & {
  readonly command: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Where the embedded servers of the owner answer; empty until it has started them. */
  readonly endpoints: Endpoints
}

export type OwnedFolder = {
  /** The absolute path. */
  readonly folder: string
  /** Tells other processes where our servers answer. */
  publish(endpoints: Endpoints): Promise<void>
  /** Lets the folder go. Call it when the servers are closed. */
  release(): Promise<void>
}

/** Another running process owns the data folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
  readonly folder: string
  readonly pid: number
  readonly command: string

  constructor(folder: string, owner: Owner) {
    super(`the data folder ${folder} is in use by \`${owner.command}\` (process ${owner.pid})`)
    this.folder = folder
    this.pid = owner.pid
    this.command = owner.command
  }
}

export type UnusableReason =
  | 'not a folder'
  | 'not writable'
  | 'not makeable'
  | 'unreadable format'
  | 'newer format'

/** The path cannot serve as a data folder; the message says why. */
export class DataFolderUnusable extends Error {
  override readonly name = 'DataFolderUnusable'
  readonly reason: UnusableReason

  constructor(reason: UnusableReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/**
 * Makes the data folder if need be and takes it for this process. The folder is free again after
 * `release`, and at once when this process ends in any way.
 *
 * @throws {DataFolderInUse} when a running process owns it.
 * @throws {DataFolderUnusable} when the path is a file, cannot be written, or is of a newer version.
 */
export async function takeDataFolder(path: string, command: string): Promise<OwnedFolder> {
  const folder = resolve(path)
  await makeFolder(folder)
  await checkFormat(folder)
  const owner = await describeSelf(command)
  const other = await takeExclusiveFile<Owner>(ownerFile(folder), owner)
  if (other !== undefined) throw new DataFolderInUse(folder, other)
  await writeWhole(formatFile(folder), { format: folderFormat })
  return {
    folder,
    publish: (endpoints) => writeWhole(ownerFile(folder), { ...owner, endpoints }),
    release: () => rm(ownerFile(folder), { force: true }),
  }
}

/** Whether there is a data folder of ours at the path. */
export function isDataFolder(path: string): boolean {
  return existsSync(formatFile(resolve(path)))
}

/** The running owner of the folder, or `undefined` when nobody owns it. */
export function readOwner(path: string): Promise<Owner | undefined> {
  return readLivingHolder<Owner>(ownerFile(resolve(path)))
}

function ownerFile(folder: string): string {
  return join(folder, 'owner.json')
}

function formatFile(folder: string): string {
  return join(folder, 'format.json')
}

async function describeSelf(command: string): Promise<Owner> {
  const start = await processStart(process.pid)
  if (start === undefined) throw new Error('the system does not know this process')
  return {
    pid: process.pid,
    processStart: start,
    command,
    startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    endpoints: {},
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeWithParents(folder)
    if (!(await stat(folder)).isDirectory()) throw notAFolder(folder)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw explainUnusable(folder, error)
  }
}

/**
 * Node's own recursive mkdir never ends where the system takes no folder and says that there is none
 * above it, as Linux does of /proc.
 */
async function makeWithParents(folder: string): Promise<void> {
  try {
    await makeIfMissing(folder)
  } catch (error) {
    const parent = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error
    await makeWithParents(parent)
    await makeIfMissing(folder)
  }
}

/** Whether what is there is a folder is looked at later. */
async function makeIfMissing(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['EEXIST', 'EISDIR'].includes(code)) throw error
  }
}

function explainUnusable(folder: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return notAFolder(folder, error)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DataFolderUnusable(
        'not writable',
        `cannot write to the data folder ${folder}`,
        error,
      )
    case 'ENOENT':
      return new DataFolderUnusable(
        'not makeable',
        `cannot make the data folder ${folder} there`,
        error,
      )
    default:
      return error
  }
}

function notAFolder(folder: string, cause?: unknown): DataFolderUnusable {
  return new DataFolderUnusable(
    'not a folder',
    `the data folder ${folder} is a file, or lies below one`,
    cause,
  )
}

async function checkFormat(folder: string): Promise<void> {
  const file = formatFile(folder)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw explainUnusable(folder, error)
  }
  const format = readFormat(text)
  if (format === undefined) {
    throw new DataFolderUnusable('unreadable format', `${file} is not readable as a format version`)
  }
  if (format > folderFormat) {
    throw new DataFolderUnusable(
      'newer format',
      `the data folder ${folder} was written by a newer version (format ${format}; this one ` +
        `reads up to ${folderFormat})`,
    )
  }
}

function readFormat(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return typeof format === 'number' ? format : undefined
  } catch {
    return undefined
  }
}

async function writeWhole(file: string, content: unknown): Promise<void> {
  const draft = `${file}.${process.pid}.new`
  await writeFile(draft, `${JSON.stringify(content)}\n`)
  await rename(draft, file)
}
