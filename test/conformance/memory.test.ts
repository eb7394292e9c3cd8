import { MemoryObjects } from './memory-objects.ts'
import { MemoryTable } from './memory-table.ts'
import { objectsConformance } from './objects-conformance.ts'
import { tableConformance } from './table-conformance.ts'

tableConformance('in memory', async () => ({ table: new MemoryTable(), close: async () => {} }))

objectsConformance('memory', async () => ({ objects: new MemoryObjects(), close: async () => {} }))
