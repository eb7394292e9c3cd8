/** A store or stream did not do what was asked: infrastructure trouble, which a retry may mend. */
export class StorageTrouble extends Error {
  override readonly name = 'StorageTrouble'

  constructor(doing: string, cause: unknown) {
    super(`${doing} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Runs one request and names it in the error, should it fail. */
export async function asStorageTrouble<Result>(doing: string, request: () => Promise<Result>) {
  try {
    return await request()
  } catch (cause) {
    throw new StorageTrouble(doing, cause)
  }
}
