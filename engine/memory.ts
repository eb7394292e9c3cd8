/*
 * Memory is handed out in pages of 4 KB and in runs of them, and nothing here is managed: what a table
 * leaves when it grows is used again as pages of another, so that memory stays what is needed.
 */

export const pageBytes: usize = 4096

const wasmPageBytes: u64 = 65536
/** One less than there may be, so that the end of memory is a number of 32 bits. */
const maxPages: u64 = 65535

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

/** Bytes that stay until the next reset, not cleared, at a multiple of 16. Traps where 4 GB are full. */
export function allocate(bytes: usize): usize {
  const at = next
  const end = (<u64>at + <u64>bytes + 15) & ~15
  const held = <u64>memory.size() * wasmPageBytes
  if (end > held) {
    // In steps, since each growth may cost a copy or a system call.
    const generous = max(end - held, min(held >> 3, 16 << 20))
    if (!grow(generous) && !grow(end - held)) unreachable()
  }
  next = <usize>end
  return at
}

function grow(bytes: u64): bool {
  const pages = (bytes + wasmPageBytes - 1) / wasmPageBytes
  return <u64>memory.size() + pages <= maxPages && memory.grow(<i32>pages) >= 0
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
