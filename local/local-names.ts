import type { LocalClients } from '../emulator/clients.ts'
import { tableDefinitions } from '../lib/contract/table-definitions.ts'
import { dayMs } from '../lib/core/index.ts'
import { bucketCount } from '../lib/deployment/deployment.ts'
import { createStores, type StoreNames, type Stores } from '../lib/deployment/stores.ts'

export const localStream = 'twofold'

/** What the tables and the bucket of a run on one machine are called. */
export const localNames: StoreNames = {
  minutesTable: tableDefinitions.minutes.name,
  rollupsTable: tableDefinitions.rollups.name,
  ledgerTable: tableDefinitions.ledger.name,
  bucket: 'twofold',
}

/** For as good as ever: a file may hold events of any age, and nothing here costs by the month. */
export const localMinuteRetentionDays = 100_000

/** The stores of a run on one machine. */
export function localStores(clients: Pick<LocalClients, 'dynamodb' | 's3'>): Stores {
  return createStores({
    dynamoDb: clients.dynamodb,
    s3: clients.s3,
    names: localNames,
    bucketCount,
    minuteRetentionMs: localMinuteRetentionDays * dayMs,
    nowMs: Date.now,
    random: Math.random,
  })
}
