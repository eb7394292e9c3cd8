import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { provisionTables } from '../../emulator/provision.ts'
import { createDynamoDbTable } from '../../lib/store/dynamodb/dynamodb-table.ts'
import type { Table } from '../../lib/store/table.ts'

/** A new table of a server that speaks DynamoDB's protocol, and its name. */
export async function newDynamoDbTable(
  client: DynamoDBClient,
): Promise<{ readonly name: string; readonly table: Table }> {
  const name = `table-${randomUUID()}`
  await provisionTables(client, [{ name, partitionKey: 'pk', sortKey: 'sk' }])
  const options = { client, tableName: name, sleep: neverSleep, random: () => 0 }
  return { name, table: createDynamoDbTable(options) }
}

function neverSleep(): Promise<void> {
  return Promise.reject(new Error('A server on this machine leaves no item unprocessed'))
}
