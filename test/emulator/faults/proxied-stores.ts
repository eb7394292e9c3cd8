import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { type LocalClients, localClients } from '../../../emulator/clients.ts'
import {
  createFaultProxies,
  type FaultProxies,
  type FaultProxiesOptions,
} from '../../../emulator/faults/fault-proxies.ts'
import { localCredentials, localRegion } from '../../../emulator/identity.ts'
import { provisionBucket, provisionTables } from '../../../emulator/provision.ts'
import { type Servers, startServers } from '../../../emulator/servers.ts'
import { createDynamoDbTable } from '../../../lib/store/dynamodb/dynamodb-table.ts'
import type { Objects } from '../../../lib/store/objects.ts'
import { createS3Objects } from '../../../lib/store/s3/s3-objects.ts'
import type { Table } from '../../../lib/store/table.ts'
import { ClosingStack } from '../../../local/closing-stack.ts'

export interface ProxiedStores {
  readonly table: Table
  readonly objects: Objects
  /** As the mapping and producers have them. */
  readonly clients: LocalClients
  readonly proxies: FaultProxies
  close(): Promise<void>
}

export interface ServersForFaults {
  readonly endpoints: Servers['endpoints'] & { dynamodb: string; kinesis: string; s3: string }
  /** Clients that no fault befalls. */
  readonly direct: LocalClients
  readonly bucket: string
  /** Stores on a client that goes through proxies. */
  through(options: Omit<FaultProxiesOptions, 'maxSlowMs'>): Promise<ProxiedStores>
  close(): Promise<void>
}

/** As often as the functions' clients do. */
const persistent = { region: localRegion, credentials: localCredentials, maxAttempts: 8 }

const tableName = 'table'
const bucket = 'bucket'

/** Servers with a table and a bucket, in a folder that goes with them. */
export async function openServersForFaults(): Promise<ServersForFaults> {
  const closing = new ClosingStack()
  const folder = await mkdtemp(join(tmpdir(), 'twofold-faults-'))
  closing.add(() => rm(folder, { recursive: true }))
  const servers = await startServers({ folder, which: ['dynamodb', 'kinesis', 's3'] })
  closing.add(() => servers.close())
  const direct = localClients(servers.endpoints)
  closing.add(async () => direct.destroy())
  await provisionTables(direct.dynamodb, [{ name: tableName, partitionKey: 'pk', sortKey: 'sk' }])
  await provisionBucket(direct.s3, bucket)
  return {
    endpoints: servers.endpoints,
    direct,
    bucket,
    async through(options) {
      const proxies = createFaultProxies({ ...options, maxSlowMs: 50 })
      const endpoints = await proxies.through(servers.endpoints)
      const clients = localClients(endpoints)
      const dynamodb = new DynamoDBClient({ ...persistent, endpoint: endpoints.dynamodb })
      const s3 = new S3Client({ ...persistent, endpoint: endpoints.s3, forcePathStyle: true })
      return {
        table: createDynamoDbTable({ client: dynamodb, tableName, sleep, random: Math.random }),
        objects: createS3Objects(s3, bucket),
        clients,
        proxies,
        async close() {
          for (const client of [clients, dynamodb, s3]) client.destroy()
          await proxies.close()
        },
      }
    },
    close: () => closing.close(),
  }
}
