/** The tables of a deployment; every one has a text partition key `pk` and sort key `sk`. */
export const tableDefinitions = {
  minutes: { name: 'twofold-minutes', partitionKey: 'pk', sortKey: 'sk', expiresAt: 'expiresAt' },
  rollups: { name: 'twofold-rollups', partitionKey: 'pk', sortKey: 'sk' },
  ledger: { name: 'twofold-ledger', partitionKey: 'pk', sortKey: 'sk' },
} as const

export type TableName = keyof typeof tableDefinitions
