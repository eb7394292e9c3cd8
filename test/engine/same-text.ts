/** Engine and reference do not make the same. */
export class Difference extends Error {
  override readonly name = 'Difference'
}

/** Throws Difference where two texts differ, and tells both; `context` is asked only then. */
export function sameText(
  what: string,
  expected: string,
  found: string,
  context: () => string,
): void {
  if (expected === found) return
  throw new Difference(`${what}: expected ${expected}, found ${found}, for ${context()}`)
}

/** Bytes as a JSON string, each byte a character. */
export function bytesText(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'))
}
