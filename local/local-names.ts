import { randomUUID } from 'node:crypto'
import type { LocalClients } from '../emulator/clients.ts'
import { bucketCount } from '../lib/contract/defaults.ts'
import { tableDefinitions } from '../lib/contract/table-definitions.ts'
import { dayMs } from '../lib/core/index.ts'
import { connect, type StoreNames } from '../lib/deployment/seams.ts'
import { createStores, type Stores } from '../lib/deployment/stores.ts'

export const localStream = 'twofold'

/** What the tables and the bucket of a run on one machine are called. */
export const localNames: StoreNames = {
  minutesTable: tableDefinitions.minutes.name,
  rollupsTable: tableDefinitions.rollups.name,
  ledgerTable: tableDefinitions.ledger.name,
  bucket: 'twofold',
}

/** For as good as ever: a file may hold events of any age, and nothing here costs by the month. */
export const localMinuteRetentionMs = 100_000 * dayMs

/** The stores of a run on one machine. */
export function localStores({ dynamodb, s3 }: Pick<LocalClients, 'dynamodb' | 's3'>): Stores {
  return createStores(connect({ dynamoDb: dynamodb, s3 }, localNames, Math.random), {
    bucketCount,
    minuteRetentionMs: localMinuteRetentionMs,
    nowMs: Date.now,
    newToken: randomUUID,
  })
}
