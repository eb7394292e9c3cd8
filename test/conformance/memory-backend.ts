import type { BucketBackend, TableBackend } from './backend.ts'
import { MemoryObjects } from './memory-objects.ts'
import { MemoryTable } from './memory-table.ts'

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
