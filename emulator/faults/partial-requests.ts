import type { ProxiedRequest } from './proxied-request.ts'

type Json = Record<string, unknown>

/** A request that asks for less than the client did, and the answer that the client gets for it. */
export interface PartialRequest {
  /** What is passed on; undefined where nothing of the request is left. */
  readonly request: ProxiedRequest | undefined
  /** The answer of the server, none where it was not asked, to what the client is told. */
  answer(given: Json | undefined): Json
}

export type PartialKind = 'unprocessed-items' | 'failed-records'

/** The request without some of its items or records, as the fault has it. */
export function makePartial(
  kind: PartialKind,
  request: ProxiedRequest,
  random: () => number,
): PartialRequest {
  return kind === 'unprocessed-items' ? leaveItems(request, random) : failRecords(request, random)
}

/** BatchWriteItem: some items are not written, and come back as unprocessed. */
function leaveItems(request: ProxiedRequest, random: () => number): PartialRequest {
  const input = inputOf(request)
  const written: Record<string, unknown[]> = {}
  const unprocessed: Record<string, unknown[]> = {}
  for (const [table, items] of Object.entries(input.RequestItems as Record<string, unknown[]>)) {
    const { chosen, rest } = choose(items, random)
    unprocessed[table] = chosen
    if (rest.length > 0) written[table] = rest
  }
  const isLeft = Object.keys(written).length > 0
  return {
    request: isLeft ? withInput(request, { ...input, RequestItems: written }) : undefined,
    answer: (given) => ({ ...given, UnprocessedItems: unprocessed }),
  }
}

const refusedRecord = {
  ErrorCode: 'ProvisionedThroughputExceededException',
  ErrorMessage: 'An injected failure of a record',
}

/** PutRecords: some records are not taken, and their entries say so. */
function failRecords(request: ProxiedRequest, random: () => number): PartialRequest {
  const input = inputOf(request)
  const records = input.Records as unknown[]
  const { chosen, rest } = choose(records, random)
  const failed = new Set(chosen)
  return {
    request: rest.length > 0 ? withInput(request, { ...input, Records: rest }) : undefined,
    answer(given) {
      const taken = [...((given?.Records as Json[] | undefined) ?? [])]
      const entries = records.map((record) => (failed.has(record) ? refusedRecord : taken.shift()))
      const FailedRecordCount = chosen.length + Number(given?.FailedRecordCount ?? 0)
      return { ...given, FailedRecordCount, Records: entries }
    },
  }
}

/** At least one of the values, at random, and the others; both in their order. */
function choose(values: readonly unknown[], random: () => number) {
  const certain = Math.floor(random() * values.length)
  const share = random()
  const isChosen = values.map((_, at) => at === certain || random() < share)
  return {
    chosen: values.filter((_, at) => isChosen[at]),
    rest: values.filter((_, at) => !isChosen[at]),
  }
}

const mostOnShortPage = 20

/** Asks for a page of so few that there is another one after it. */
export function askForLess(request: ProxiedRequest, random: () => number): ProxiedRequest {
  const limit = 1 + Math.floor(random() * mostOnShortPage)
  if (request.service === 's3') {
    const [path = '', query] = request.path.split('?')
    const parameters = new URLSearchParams(query)
    parameters.set('max-keys', String(limit))
    return { ...request, path: `${path}?${parameters}` }
  }
  const input = inputOf(request)
  const asked = typeof input.Limit === 'number' ? input.Limit : Number.POSITIVE_INFINITY
  return withInput(request, { ...input, Limit: Math.min(asked, limit) })
}

function inputOf({ body }: ProxiedRequest): Json {
  return JSON.parse(body?.toString() ?? '{}')
}

function withInput(request: ProxiedRequest, input: Json): ProxiedRequest {
  return { ...request, body: Buffer.from(JSON.stringify(input)) }
}
