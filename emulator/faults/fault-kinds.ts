/** Every fault that the proxy injects, with the reason why the pipeline survives it. */
export const faultKinds = {
  throttle:
    'nothing was applied; the SDK waits and asks again, and a batch or unit that still fails is done again whole',
  'server-error': 'as for a throttle; a 500 says nothing of whether to wait, so the SDK does',
  unavailable: 'as for a throttle; a 503 is what S3 answers while it grows',
  'reset-before':
    'nothing was applied, and no answer came: the SDK asks again over a new connection',
  'reset-after':
    'the request was applied and is sent again: puts of objects and rows write the same once more, a conditional put meets its own row and knows it by `through` or by its content, a delete finds nothing left, and records of PutRecords come twice, which history tells by their ids',
  hang: 'the client gives up at its timeout and asks again; whether it was applied is as unknown as after a reset',
  slow: 'it costs time alone; requests wait for their own answer only',
  'cut-answer':
    'the length that was announced does not come, so the answer is an error and never a shorter truth; of an object the rest is asked for, all else is as after a reset',
  stall: 'as for a cut answer, once the client has waited for a byte as long as it waits',
  'unprocessed-items':
    'BatchWriteItem names the items that it left, and these alone are sent again',
  'failed-records': 'PutRecords names the records that it refused, and these alone are sent again',
  'short-page':
    'a page says where the next one begins, and readers go by that and never by its length',
} as const

export type FaultKind = keyof typeof faultKinds

export const allFaultKinds = Object.keys(faultKinds) as FaultKind[]

/** The share of the requests that a fault befalls, of those that it can befall; 0 unless told. */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>

export type FaultCounts = Readonly<Record<FaultKind, number>>

/** Counts of several proxies as one. */
export function addCounts(counts: readonly FaultCounts[]): FaultCounts {
  const sums = allFaultKinds.map((kind) => [kind, counts.reduce((sum, one) => sum + one[kind], 0)])
  return Object.fromEntries(sums) as Record<FaultKind, number>
}
