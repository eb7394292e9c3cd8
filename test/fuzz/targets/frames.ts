/** A piece of an input: what it is for, and its content. */
export interface Frame {
  /** From 0 to 255. */
  readonly kind: number
  readonly content: Buffer
}

/** Ends a frame. The byte is in no UTF-8, and where it is in other content that ends earlier. */
const end = 0xfe

/** Reads any bytes as frames, so that what is made of several parts can be made of bytes. */
export function framesOf(input: Uint8Array): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < input.length; ) {
    const found = input.indexOf(end, at + 1)
    const to = found < 0 ? input.length : found
    frames.push({ kind: input[at] ?? 0, content: Buffer.from(input.subarray(at + 1, to)) })
    at = to + 1
  }
  return frames
}

/** The bytes that are read as these frames. */
export function framed(
  ...frames: readonly (readonly [kind: number, content: string | Uint8Array])[]
): Buffer {
  return Buffer.concat(
    frames.map(([kind, content]) => {
      return Buffer.concat([
        Uint8Array.of(kind),
        Buffer.from(content as string),
        Uint8Array.of(end),
      ])
    }),
  )
}
