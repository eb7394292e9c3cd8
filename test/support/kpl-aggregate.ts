import aggregator from 'aws-kinesis-agg'

/** An aggregated record as another's aggregator makes it. */
export function kplAggregate(payloads: readonly Uint8Array[]): Promise<Buffer> {
  const records = payloads.map((data, at) => ({ partitionKey: `key-${at % 2}`, data }))
  return new Promise((resolve, reject) => {
    const encoded: Buffer[] = []
    aggregator.aggregate(
      records,
      ({ data }, callback) => {
        encoded.push(data)
        callback()
      },
      () => resolve(Buffer.concat(encoded)),
      reject,
    )
  })
}
