import { openEmbeddedStores } from './embedded-stores.ts'
import { objectsConformance } from './objects-conformance.ts'
import { tableConformance } from './table-conformance.ts'

tableConformance('of DynamoDB', async () => {
  const { tables, close } = await openEmbeddedStores(1)
  const [table] = tables
  if (table === undefined) throw new Error('No table was made')
  return { table, close }
})

objectsConformance('S3', () => openEmbeddedStores(0))
