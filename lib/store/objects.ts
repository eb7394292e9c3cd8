export interface ListedObject {
  readonly key: string
  readonly bytes: number
}

/** All that a function may do that only adds objects. */
export interface ObjectWriter {
  put(key: string, body: Uint8Array): Promise<void>
}

/**
 * What the stores need of a bucket. A write is seen by every read and listing that begins after it
 * was answered, as on S3. Every method throws StorageTrouble once its retries are spent.
 */
export interface Objects extends ObjectWriter {
  /**
   * Whole or not at all, however long; memory holds one upload part. What the chunks fail with is
   * thrown as it is.
   */
  putStream(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>
  /**
   * The object's bytes; undefined where there is no such object. Each holds a connection until it is
   * read to its end, or let go of.
   */
  get(key: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The objects below a prefix, in the order of their keys (UTF-8 bytes). */
  list(prefix: string): AsyncIterable<ListedObject>
  /** What follows a prefix up to the next `/`, each once, in order: its folders, but no objects. */
  folders(prefix: string): AsyncIterable<string>
  /** Objects that aren't there are no error. */
  delete(keys: readonly string[]): Promise<void>
}

/** Ends the reading of an object's bytes, also where it has not begun. */
export async function letGo(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await chunks[Symbol.asyncIterator]().return?.()
}
