import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDynamoDbTable } from '../../../lib/aws/dynamodb-table.ts'
import type { Objects } from '../../../lib/aws/objects.ts'
import { createS3Objects } from '../../../lib/aws/s3-objects.ts'
import type { Table } from '../../../lib/aws/table.ts'
import { type LocalClients, localClients } from '../../../local/clients.ts'
import { ClosingStack } from '../../../local/closing-stack.ts'
import type { FaultRates } from '../../../local/faults/fault-kinds.ts'
import { createFaultProxies, type FaultProxies } from '../../../local/faults/fault-proxies.ts'
import { provisionBucket, provisionTables } from '../../../local/provision.ts'
import { startServers } from '../../../local/servers.ts'

export interface ProxiedStores {
  readonly table: Table
  readonly objects: Objects
  /** Through the proxies. */
  readonly clients: LocalClients
  /** Straight to the servers. */
  readonly direct: LocalClients
  readonly proxies: FaultProxies
  close(): Promise<void>
}

/** Servers of their own with a table and a bucket, and proxies before them. */
export async function openProxiedStores(seed: number, rates: FaultRates): Promise<ProxiedStores> {
  const closing = new ClosingStack()
  const folder = await mkdtemp(join(tmpdir(), 'twofold-faults-'))
  closing.add(() => rm(folder, { recursive: true }))
  const servers = await startServers({ folder, which: ['dynamodb', 'kinesis', 's3'] })
  closing.add(() => servers.close())
  const direct = localClients(servers.endpoints)
  closing.add(async () => direct.destroy())
  const tableName = `table-${randomUUID()}`
  const bucket = 'bucket'
  await provisionTables(direct.dynamodb, [{ name: tableName, partitionKey: 'pk', sortKey: 'sk' }])
  await provisionBucket(direct.s3, bucket)
  const proxies = createFaultProxies({ seed, rates, hangMs: 100, maxSlowMs: 50 })
  const clients = localClients(await proxies.through(servers.endpoints))
  closing.add(() => proxies.close())
  closing.add(async () => clients.destroy())
  const { dynamodb, s3 } = clients
  return {
    table: createDynamoDbTable({ client: dynamodb, tableName, sleep, random: Math.random }),
    objects: createS3Objects(s3, bucket),
    clients,
    direct,
    proxies,
    close: () => closing.close(),
  }
}
