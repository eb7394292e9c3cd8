/** Something that must always hold does not: a mistake of ours, after which no work goes on as usual. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
}

/** Throws BrokenInvariant, which says what was to hold, where it does not. */
export function invariant(holds: boolean, what: string): asserts holds {
  if (!holds) throw new BrokenInvariant(what)
}
