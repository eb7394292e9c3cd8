import aggregator from 'aws-kinesis-agg'

/** One record that holds many, as another's producer library makes it; they have to fit into it. */
export function aggregatedRecord(payloads: readonly Uint8Array[]): Promise<Buffer> {
  const records = payloads.map((data, at) => ({ partitionKey: `key-${at % 10}`, data }))
  return new Promise((resolve, reject) => {
    let encoded: Buffer | undefined
    aggregator.aggregate(
      records,
      ({ data }, callback) => {
        if (encoded !== undefined) reject(new Error('The payloads do not fit into one record'))
        encoded = data
        callback()
      },
      () => resolve(encoded ?? Buffer.alloc(0)),
      reject,
    )
  })
}
