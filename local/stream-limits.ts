/** What Kinesis takes as one record, its partition key with it. */
export const maxRecordBytes = 1024 * 1024

/** The MD5 of a line in hexadecimal, which `run` sends the line under. */
const linePartitionKeyBytes = 32

/** What a line may have that `run` can send. */
export const maxLineBytes = maxRecordBytes - linePartitionKeyBytes
