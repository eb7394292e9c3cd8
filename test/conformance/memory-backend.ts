import { MemoryObjects } from '../../lib/store/memory/memory-objects.ts'
import { MemoryTable } from '../../lib/store/memory/memory-table.ts'
import type { BucketBackend, TableBackend } from './backend.ts'

/** The stores of simulations. They have no differences: what DynamoDB refuses, they refuse. */
export function memoryBackend(): TableBackend & BucketBackend {
  return {
    name: 'memory',
    mostRuns: Number.POSITIVE_INFINITY,
    differences: new Set(),
    open: async () => {},
    close: async () => {},
    emptyTable: async () => new MemoryTable(),
    emptyBucket: async () => new MemoryObjects(),
  }
}
