import { MemoryObjects } from '../store/memory/memory-objects.ts'
import { MemoryTable } from '../store/memory/memory-table.ts'
import type { Seams } from './seams.ts'

/** Tables and a bucket in the memory of this process, and what can be done to these alone. */
export interface MemorySeams extends Seams {
  readonly minutes: MemoryTable
  readonly rollups: MemoryTable
  readonly ledger: MemoryTable
  readonly objects: MemoryObjects
}

/** Empty ones. */
export function memorySeams(): MemorySeams {
  return {
    minutes: new MemoryTable(),
    rollups: new MemoryTable(),
    ledger: new MemoryTable(),
    objects: new MemoryObjects(),
  }
}
