import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createDynamoDbTable } from '../store/dynamodb/dynamodb-table.ts'
import type { Objects, ObjectWriter } from '../store/objects.ts'
import { createS3Objects, createS3Writer } from '../store/s3/s3-objects.ts'
import type { Table } from '../store/table.ts'

/** What all stores of a pipeline stand on. */
export interface Seams {
  readonly minutes: Table
  readonly rollups: Table
  readonly ledger: Table
  readonly objects: Objects
}

/** What the stores of the stream stand on, which only adds objects and knows no rollups. */
export interface StreamSeams extends Pick<Seams, 'minutes' | 'ledger'> {
  readonly objects: ObjectWriter
}

export interface Clients {
  readonly dynamoDb: DynamoDBClient
  readonly s3: S3Client
}

/** What the tables and the bucket of a deployment are called. */
export interface StoreNames {
  readonly minutesTable: string
  readonly rollupsTable: string
  readonly ledgerTable: string
  readonly bucket: string
}

/** `random` gives numbers from 0 up to 1, for jitter. Sends nothing. */
export function connect(clients: Clients, names: StoreNames, random: () => number): Seams {
  return {
    ...tablesOf(clients, names, random),
    rollups: tableNamed(clients, names.rollupsTable, random),
    objects: createS3Objects(clients.s3, names.bucket),
  }
}

/** As `connect`, for the stream: its bundle holds nothing that reads objects. */
export function connectStream(
  clients: Clients,
  names: StoreNames,
  random: () => number,
): StreamSeams {
  return {
    ...tablesOf(clients, names, random),
    objects: createS3Writer(clients.s3, names.bucket),
  }
}

function tablesOf(clients: Clients, names: StoreNames, random: () => number) {
  return {
    minutes: tableNamed(clients, names.minutesTable, random),
    ledger: tableNamed(clients, names.ledgerTable, random),
  }
}

function tableNamed({ dynamoDb }: Clients, tableName: string, random: () => number): Table {
  return createDynamoDbTable({ client: dynamoDb, tableName, sleep, random })
}
