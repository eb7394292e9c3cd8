import { functionArn } from '../lambda/lambda-container.ts'
import { kinesisEvent, type RecordSource, type StreamRecord } from './stream-record.ts'

export type GiveUpCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded'

/** What Lambda writes to an on-failure bucket for records that it gave up. */
export type FailureRecord = {
  readonly requestContext: {
    readonly requestId: string
    readonly functionArn: string
    readonly condition: GiveUpCondition
    readonly approximateInvokeCount: number
  }
  readonly responseContext: {
    readonly statusCode: number
    readonly executedVersion: string
    /** Absent when the function returned which items failed instead of throwing. */
    readonly functionError?: 'Unhandled'
  }
  readonly version: '1.0'
  /** ISO 8601. */
  readonly timestamp: string
  readonly KinesisBatchInfo: {
    readonly shardId: string
    readonly startSequenceNumber: string
    readonly endSequenceNumber: string
    readonly approximateArrivalOfFirstRecord: string
    readonly approximateArrivalOfLastRecord: string
    readonly batchSize: number
    readonly streamArn: string
  }
  /** The whole event, as JSON text. */
  readonly payload: string
}

export type GivenUp = {
  readonly source: RecordSource
  /** In order, at least one. */
  readonly records: readonly StreamRecord[]
  readonly condition: GiveUpCondition
  readonly invocations: number
  readonly functionThrew: boolean
}

export function failureRecord(
  givenUp: GivenUp,
  context: { readonly functionName: string; readonly requestId: string; readonly nowMs: number },
): FailureRecord {
  const { source, records } = givenUp
  const first = records[0]
  const last = records.at(-1)
  if (first === undefined || last === undefined) throw new Error('no records were given up')
  return {
    requestContext: {
      requestId: context.requestId,
      functionArn: functionArn(context.functionName),
      condition: givenUp.condition,
      approximateInvokeCount: givenUp.invocations,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(givenUp.functionThrew ? { functionError: 'Unhandled' } : {}),
    },
    version: '1.0',
    timestamp: isoTime(context.nowMs),
    KinesisBatchInfo: {
      shardId: source.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: isoTime(first.arrivalMs),
      approximateArrivalOfLastRecord: isoTime(last.arrivalMs),
      batchSize: records.length,
      streamArn: source.streamArn,
    },
    payload: JSON.stringify(kinesisEvent(source, records)),
  }
}

/** The key that Lambda would give the object of a failure record. */
export function failureObjectKey(mappingId: string, record: FailureRecord): string {
  const { timestamp, KinesisBatchInfo, requestContext } = record
  const day = timestamp.slice(0, 10)
  const time = timestamp.slice(0, 19).replaceAll(':', '.')
  const folder = `aws/lambda/${mappingId}/${KinesisBatchInfo.shardId}/${day.replaceAll('-', '/')}`
  return `${folder}/${time}-${requestContext.requestId}`
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
