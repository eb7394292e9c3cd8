import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localDynamodbClient, localS3Client } from '../../emulator/clients.ts'
import { provisionBucket } from '../../emulator/provision.ts'
import { startServers } from '../../emulator/servers.ts'
import type { Objects } from '../../lib/store/objects.ts'
import { createS3Objects } from '../../lib/store/s3/s3-objects.ts'
import type { Table } from '../../lib/store/table.ts'
import { newDynamoDbTable } from './dynamodb-tables.ts'

export interface EmbeddedStores {
  readonly tables: readonly Table[]
  readonly objects: Objects
  readonly endpoints: { readonly dynamodb: string; readonly s3: string }
  readonly tableNames: readonly string[]
  readonly bucket: string
  /** Another table on the same server. */
  emptyTable(): Promise<Table>
  /** Another bucket on the same server. */
  emptyBucket(): Promise<Objects>
  close(): Promise<void>
}

/** New tables and a bucket on embedded servers of their own, in a folder that goes with them. */
export async function openEmbeddedStores(tableCount: number): Promise<EmbeddedStores> {
  const folder = await mkdtemp(join(tmpdir(), 'twofold-stores-'))
  const servers = await startServers({ folder, which: ['dynamodb', 's3'] })
  const dynamodb = localDynamodbClient(servers.endpoints.dynamodb)
  const s3 = localS3Client(servers.endpoints.s3)
  const made = await Promise.all(
    Array.from({ length: tableCount }, () => newDynamoDbTable(dynamodb)),
  )
  let bucketCount = 0
  const emptyBucket = async (bucket = `bucket-${++bucketCount}`) => {
    await provisionBucket(s3, bucket)
    return createS3Objects(s3, bucket)
  }
  const bucket = 'bucket'
  return {
    tables: made.map(({ table }) => table),
    objects: await emptyBucket(bucket),
    endpoints: servers.endpoints,
    tableNames: made.map(({ name }) => name),
    bucket,
    emptyTable: async () => (await newDynamoDbTable(dynamodb)).table,
    emptyBucket: () => emptyBucket(),
    async close() {
      dynamodb.destroy()
      s3.destroy()
      await servers.close()
      await rm(folder, { recursive: true })
    },
  }
}
