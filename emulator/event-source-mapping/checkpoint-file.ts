import { readFile, rename, writeFile } from 'node:fs/promises'

/** How far a shard is processed. */
export type ShardProgress = {
  /** The last sequence number that is done; `undefined` before the first. */
  readonly through: string | undefined
  /** The shard is closed and everything in it is done. */
  readonly finished: boolean
}

export type CheckpointFile = {
  get(shardId: string): ShardProgress
  all(): ReadonlyMap<string, ShardProgress>
  /** Resolves when the progress is on disk, where a killed process leaves it. */
  set(shardId: string, progress: ShardProgress): Promise<void>
  /** Resolves once the condition holds, which is looked at now and after each new progress. */
  until(holds: (get: (shardId: string) => ShardProgress) => boolean): Promise<void>
  /** Drops the shards that the stream no longer has. Written with the next progress. */
  keepOnly(shardIds: ReadonlySet<string>): void
}

type Content = {
  readonly stream: string
  readonly shards: Record<string, { through?: string; finished: boolean }>
}

const nothing: ShardProgress = { through: undefined, finished: false }

/**
 * Opens the file that holds how far each shard of a stream is processed; a missing one is as good
 * as an empty one.
 *
 * @throws when the file is damaged, or is about another stream.
 */
export async function openCheckpointFile(file: string, streamArn: string): Promise<CheckpointFile> {
  const shards = await readShards(file, streamArn)
  let writing: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined
  const get = (shardId: string) => shards.get(shardId) ?? nothing
  const waiting = new Set<() => void>()

  async function write(): Promise<void> {
    queued = undefined
    const content: Content = { stream: streamArn, shards: toJson(shards) }
    const draft = `${file}.new`
    await writeFile(draft, `${JSON.stringify(content)}\n`)
    await rename(draft, file)
  }

  /** One write at a time; whoever comes meanwhile shares the one after it. */
  function save(): Promise<void> {
    if (queued === undefined) {
      queued = writing.then(write)
      writing = queued
    }
    return queued
  }

  return {
    get,
    all: () => shards,
    set: async (shardId, progress) => {
      shards.set(shardId, progress)
      await save()
      for (const look of waiting) look()
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(get)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    keepOnly: (shardIds) => {
      for (const shardId of shards.keys()) if (!shardIds.has(shardId)) shards.delete(shardId)
    },
  }
}

async function readShards(file: string, streamArn: string): Promise<Map<string, ShardProgress>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw error
  }
  let content: Content
  try {
    content = JSON.parse(text) as Content
    if (typeof content.shards !== 'object') throw new Error('it has no `shards`')
  } catch (error) {
    throw new Error(
      `${file}, which holds how far the stream is processed, is damaged; delete it to process the stream from its start again`,
      { cause: error },
    )
  }
  if (content.stream !== streamArn) {
    throw new Error(`${file} is about the stream ${content.stream}, not ${streamArn}`)
  }
  return new Map(
    Object.entries(content.shards).map(([shardId, { through, finished }]) => [
      shardId,
      { through, finished },
    ]),
  )
}

function toJson(shards: ReadonlyMap<string, ShardProgress>): Content['shards'] {
  const entries = [...shards].map(([shardId, { through, finished }]) => [
    shardId,
    through === undefined ? { finished } : { through, finished },
  ])
  return Object.fromEntries(entries) as Content['shards']
}
