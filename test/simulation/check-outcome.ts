import {
  type Aggregation,
  calendarGrains,
  decodeKey,
  hourName,
  minuteName,
  type Pipeline,
  presentState,
  type State,
} from '../../lib/core/index.ts'
import { type MemoryWorld, retentionMs, type storesOn } from '../functions/world.ts'
import { changedTexts } from '../functions/world-rows.ts'
import { type OracleRow, rowsOf } from '../oracle/oracle.ts'
import { type Purchase, Refused, readPurchase } from '../oracle/purchase.ts'
import { eachOnce } from './each-once.ts'
import type { SentRecord } from './producer.ts'

/** What is not as it must be. */
export interface Failure {
  readonly message: string
  /** Names that the story of it is about. */
  readonly about: readonly string[]
}

/** All that there is to see at one moment of a schedule. */
export interface Outcome {
  readonly world: MemoryWorld
  readonly stores: ReturnType<typeof storesOn>
  readonly sent: readonly SentRecord[]
  readonly zone: string
  readonly nowMs: number
  readonly graceMs: number
  readonly pipeline: Pipeline
  readonly hadGivenUp: boolean
  /** Objects that were put by whoever had no right to any more. */
  readonly strays: ReadonlySet<string>
  readonly hadNarrowDefinition: boolean
}

const hourMs = 3_600_000

/** What is wrong when all is over; undefined where every row is as the oracle has it. */
export async function checkOutcome(outcome: Outcome): Promise<Failure | undefined> {
  const { taken, refused } = readSent(outcome.sent)
  const once = await eachOnce(taken, outcome.world)
  return (
    (await checkLedger(outcome)) ??
    (await checkRejects(outcome, refused)) ??
    (await checkMinutes(outcome, once)) ??
    (await checkRollups(outcome, once)) ??
    (await checkLeaders(outcome, once)) ??
    (await checkObjects(outcome))
  )
}

/**
 * Minute rows of hours that are not over count each record once, producers' duplicates among them.
 * Nothing can be said while records wait to be put back.
 */
export async function checkOpenHours(outcome: Outcome): Promise<Failure | undefined> {
  if (outcome.hadGivenUp || outcome.hadNarrowDefinition) return undefined
  const openFromMs = Math.floor((outcome.nowMs - outcome.graceMs) / hourMs) * hourMs
  const isOpen = (period: string) => Date.parse(`${period}:00Z`) >= openFromMs
  const expected = rowsOf(readSent(outcome.sent).taken, 'minute', outcome.zone)
  const open = expected.filter(({ period }) => isOpen(period))
  const actual = (await minuteTexts(outcome)).filter(([period]) => isOpen(period))
  return compare('minute rows of open hours', actual, textsOf(open))
}

interface Reading {
  readonly taken: Purchase[]
  readonly refused: string[]
}

function readSent(sent: readonly SentRecord[]): Reading {
  const taken: Purchase[] = []
  const refused: string[] = []
  for (const { line, arrivedMs } of sent) {
    const purchase = readPurchase(line, arrivedMs)
    if (purchase instanceof Refused) refused.push(line.toString('base64'))
    else taken.push(purchase)
  }
  return { taken, refused }
}

async function checkLedger({ world, stores }: Outcome): Promise<Failure | undefined> {
  const changed = await changedTexts(world)
  if (changed.length > 0) {
    const message = `The ledger is not empty: ${changed.join('; ')}`
    return { message, about: changed.flatMap((text) => text.split(' ').slice(1)) }
  }
  // History holds nothing that the corrected definition refuses.
  const unread = (await Array.fromAsync(stores.unread.list())).map(({ hourMs: ms }) => hourName(ms))
  if (unread.length > 0) {
    return { message: `Lines are still left out of ${unread.join('; ')}`, about: unread }
  }
  return undefined
}

/** Every refused record is found again, as it was sent; and no other. */
async function checkRejects({ stores }: Outcome, refused: string[]): Promise<Failure | undefined> {
  const kept = new Map<string, string>()
  for await (const objectKey of stores.rejects.list()) {
    for await (const line of stores.rejects.read(objectKey)) {
      const data =
        line.data === undefined ? line.dataBase64 : Buffer.from(line.data).toString('base64')
      kept.set(`${line.shard} ${line.sequenceNumber} ${line.subSequenceNumber}`, data ?? '')
    }
  }
  const asPairs = (texts: Iterable<string>) => [...texts].map((text) => ['', text] as const)
  return compare('rejected records', asPairs(kept.values()), asPairs(refused))
}

async function checkMinutes(outcome: Outcome, once: Purchase[]): Promise<Failure | undefined> {
  const rows = rowsOf(once, 'minute', outcome.zone).filter(
    ({ to }) => Date.parse(to) + retentionMs > outcome.nowMs,
  )
  return compare('minute rows', await minuteTexts(outcome), textsOf(rows))
}

async function checkRollups(outcome: Outcome, once: Purchase[]): Promise<Failure | undefined> {
  const { pipeline, stores, zone } = outcome
  for (const grain of calendarGrains) {
    const actual: Text[] = []
    for (const aggregation of pipeline.aggregations) {
      for await (const { key, period, state } of stores.rollups.scan(aggregation, grain)) {
        actual.push([period, textOf(aggregation, period, key, state)])
      }
    }
    const failure = compare(`${grain} rows`, actual, textsOf(rowsOf(once, grain, zone)))
    if (failure !== undefined) return failure
  }
  return undefined
}

/** A period's leaders are its rows in the order of their revenue. */
async function checkLeaders(outcome: Outcome, once: Purchase[]): Promise<Failure | undefined> {
  const { world, pipeline } = outcome
  for (const grain of calendarGrains) {
    const byPeriod = Map.groupBy(rowsOf(once, grain, outcome.zone), ({ period }) => period)
    for (const [period, rows] of byPeriod) {
      for (const { name } of pipeline.aggregations) {
        const actual: Text[] = []
        for await (const item of world.rollups.query(`${name}#${grain}#${period}#leaders`)) {
          const leaders = (item.leaders?.L ?? []).map(({ M }) => M?.state?.M?.revenue?.N ?? '')
          const sorted = leaders.toSorted((a, b) => Number(b) - Number(a))
          if (leaders.join() !== sorted.join()) {
            return { message: `The leaders of ${period} are in no order`, about: [period] }
          }
          for (const revenue of leaders) actual.push([period, plainText(revenue)])
        }
        const expected = rows.map(({ revenue }) => [period, plainText(revenue)] as const)
        const failure = compare(`leaders of ${grain}s`, actual, expected)
        if (failure !== undefined) return failure
      }
    }
  }
  return undefined
}

/** Trailing zeros of a decimal tell the scale of its field and not its size. */
const plainText = (decimal: string) =>
  decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal

/** Under parts/ there is nothing that the ledger does not know of. */
async function checkObjects({ world, stores, strays }: Outcome): Promise<Failure | undefined> {
  const known = new Set<string>(strays)
  const unfinished: string[] = []
  for await (const { pk, sk } of world.ledger.scan()) {
    const [table, kind] = (pk?.S ?? '').split('#')
    if (table !== 'part' || kind === undefined) continue
    const { current, attempts, replaced } = await stores.registry.read(kind, sk?.S ?? '')
    for (const { objectKey } of current) known.add(objectKey)
    for (const objectKey of replaced) known.add(objectKey)
    // Of a run that died at a unit that another run at it has done: no row differs, and the next
    // attempt removes what it left.
    for (const { token } of attempts) unfinished.push(`/${token}.ndjson.gz`)
  }
  for await (const { key } of world.objects.list('parts/')) {
    if (known.has(key) || unfinished.some((name) => key.endsWith(name))) continue
    return { message: `Nobody knows of ${key}`, about: [key] }
  }
  return undefined
}

/** A period, and all that is to be compared. */
type Text = readonly [period: string, text: string]

async function minuteTexts({ pipeline, stores }: Outcome): Promise<Text[]> {
  const texts: Text[] = []
  for (const aggregation of pipeline.aggregations) {
    for await (const { key, minuteMs: atMs, state } of stores.minutes.scan(aggregation)) {
      const period = minuteName(atMs)
      texts.push([period, textOf(aggregation, period, key, state)])
    }
  }
  return texts
}

function textOf(aggregation: Aggregation, period: string, key: string, state: State): string {
  const measures = presentState(aggregation, state).map(([name, text]) => {
    return `${name} ${plainText(text ?? 'none')}`
  })
  return [period, JSON.stringify(decodeKey(key)), ...measures].join(', ')
}

function textsOf(rows: readonly OracleRow[]): Text[] {
  return rows.map((row) => {
    const { period, productId, currency, purchases, quantity, revenue, minPrice, maxPrice } = row
    const measures = Object.entries({ purchases, quantity, revenue, minPrice, maxPrice })
    const key = JSON.stringify([productId, currency])
    return [period, [period, key, ...measures.map(([name, text]) => `${name} ${text}`)].join(', ')]
  })
}

const maxShown = 5

function compare(
  what: string,
  actual: readonly Text[],
  expected: readonly Text[],
): Failure | undefined {
  const left = new Map<string, number>()
  for (const [, text] of expected) left.set(text, (left.get(text) ?? 0) + 1)
  for (const [, text] of actual) left.set(text, (left.get(text) ?? 0) - 1)
  const wrong = [...left].filter(([, times]) => times !== 0)
  if (wrong.length === 0) return undefined
  const shown = wrong.slice(0, maxShown).map(([text, times]) => {
    return `  ${times > 0 ? 'is missing' : 'should not be'}: ${text}`
  })
  const periods = [...expected, ...actual].filter(([, text]) => left.get(text) !== 0)
  return {
    message: `${wrong.length} ${what} are not as they should be:\n${shown.join('\n')}`,
    about: [...new Set(periods.flatMap(([period]) => [period, period.slice(0, 13)]))],
  }
}
