import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDynamoDbTable } from '../../lib/aws/dynamodb-table.ts'
import type { Objects } from '../../lib/aws/objects.ts'
import { createS3Objects } from '../../lib/aws/s3-objects.ts'
import type { Table } from '../../lib/aws/table.ts'
import { localDynamodbClient, localS3Client } from '../../local/clients.ts'
import { provisionBucket, provisionTables } from '../../local/provision.ts'
import { startServers } from '../../local/servers.ts'

export interface EmbeddedStores {
  readonly tables: readonly Table[]
  readonly objects: Objects
  readonly endpoints: { readonly dynamodb: string; readonly s3: string }
  readonly tableNames: readonly string[]
  readonly bucket: string
  close(): Promise<void>
}

/** New tables and a bucket on embedded servers of their own, in a folder that goes with them. */
export async function openEmbeddedStores(tableCount: number): Promise<EmbeddedStores> {
  const folder = await mkdtemp(join(tmpdir(), 'twofold-stores-'))
  const servers = await startServers({ folder, which: ['dynamodb', 's3'] })
  const dynamodb = localDynamodbClient(servers.endpoints.dynamodb)
  const s3 = localS3Client(servers.endpoints.s3)
  const names = Array.from({ length: tableCount }, () => `table-${randomUUID()}`)
  await provisionTables(
    dynamodb,
    names.map((name) => ({ name, partitionKey: 'pk', sortKey: 'sk' })),
  )
  const bucket = 'bucket'
  await provisionBucket(s3, bucket)
  const client = { client: dynamodb, sleep: neverSleep, random: () => 0 }
  return {
    tables: names.map((tableName) => createDynamoDbTable({ ...client, tableName })),
    objects: createS3Objects(s3, bucket),
    endpoints: servers.endpoints,
    tableNames: names,
    bucket,
    async close() {
      dynamodb.destroy()
      s3.destroy()
      await servers.close()
      await rm(folder, { recursive: true })
    },
  }
}

function neverSleep(): Promise<void> {
  return Promise.reject(new Error('An embedded server leaves no item unprocessed'))
}
