/** How deep brackets stand within each other in a JSON text, those of its strings not counted. */
export function jsonDepth(text: Uint8Array): number {
  let depth = 0
  let deepest = 0
  const brackets = Buffer.from(text)
    .toString()
    .replace(/"(?:[^"\\]|\\.)*"/gs, '')
  for (const character of brackets) {
    if ('[{'.includes(character)) deepest = Math.max(deepest, ++depth)
    else if (']}'.includes(character)) depth--
  }
  return deepest
}

/** Deeper events are refused; the oracle knows no such bound. */
export const maxDepth = 256
