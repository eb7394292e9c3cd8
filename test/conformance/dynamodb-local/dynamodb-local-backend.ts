import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { localDynamodbClient } from '../../../emulator/clients.ts'
import type { TableBackend } from '../backend.ts'
import { newDynamoDbTable } from '../dynamodb-tables.ts'

/** DynamoDB Local, where it answers already. */
export function dynamoDbLocalBackend(endpoint: string): TableBackend {
  let client: DynamoDBClient | undefined
  return {
    name: 'DynamoDB Local',
    mostRuns: 25,
    // Of version 3.3.0.
    differences: new Set(['leaves numbers in lists as they were written']),
    async open() {
      client = localDynamodbClient(endpoint)
    },
    async close() {
      client?.destroy()
    },
    async emptyTable() {
      if (client === undefined) throw new Error('The client of DynamoDB Local is not open')
      return (await newDynamoDbTable(client)).table
    },
  }
}
