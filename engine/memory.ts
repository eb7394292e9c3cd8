/*
 * Memory is handed out in pages of 4 KB and in runs of them, and nothing here is managed: what a table
 * leaves when it grows is used again as pages of another, so that memory stays what is needed.
 */

export const pageBytes: usize = 4096

const wasmPageBytes: usize = 65536

let next: usize = 0
let freePages: usize = 0

/** Begins anew: everything above `from` is free. */
export function resetMemory(from: usize): void {
  next = (from + 15) & ~15
  freePages = 0
}

/** The bytes that are in use or were, from 0 on. */
export function usedBytes(): usize {
  return next
}

/** Bytes that stay until the next reset, not cleared, at a multiple of 16. */
export function allocate(bytes: usize): usize {
  const at = next
  next = (at + bytes + 15) & ~15
  const held = <usize>memory.size() * wasmPageBytes
  if (next > held) {
    // In steps, since each growth may cost a copy or a system call.
    const wanted = max(next - held, min(held >> 3, 16 << 20))
    const pages = (wanted + wasmPageBytes - 1) / wasmPageBytes
    if (memory.grow(<i32>pages) < 0) {
      const least = (next - held + wasmPageBytes - 1) / wasmPageBytes
      if (memory.grow(<i32>least) < 0) unreachable()
    }
  }
  return at
}

/** A page, not cleared. */
export function allocatePage(): usize {
  const page = freePages
  if (page == 0) return allocate(pageBytes)
  freePages = load<usize>(page)
  return page
}

export function freePage(page: usize): void {
  store<usize>(page, freePages)
  freePages = page
}

/** Gives a run of `bytes` back as pages. */
export function freeRun(from: usize, bytes: usize): void {
  for (let at = from; at + pageBytes <= from + bytes; at += pageBytes) freePage(at)
}
