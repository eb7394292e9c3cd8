import { calendarGrains, hourName, minuteName } from '../../lib/core/index.ts'
import { rowsOf } from '../oracle/oracle.ts'
import { type Purchase, Refused, readPurchase } from '../oracle/purchase.ts'
import { retentionMs } from '../support/world.ts'
import { changedTexts } from '../support/world-rows.ts'
import { checkLeaders } from './check-leaders.ts'
import { eachOnce } from './each-once.ts'
import type { Failure } from './failure.ts'
import type { Outcome } from './outcome.ts'
import type { SentRecord } from './producer.ts'
import { compare, type Text, textOf, textsOf } from './row-texts.ts'

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
  const refused = (await Array.fromAsync(stores.refusedLines.list())).map(({ hourMs: ms }) =>
    hourName(ms),
  )
  if (refused.length > 0) {
    return { message: `Lines are still left out of ${refused.join('; ')}`, about: refused }
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
  const { definition, stores, zone } = outcome
  for (const grain of calendarGrains) {
    const actual: Text[] = []
    for (const aggregation of definition.aggregations) {
      for await (const { key, period, state } of stores.rollups.scan(aggregation, grain)) {
        actual.push([period, textOf(aggregation, period, key, state)])
      }
    }
    const failure = compare(`${grain} rows`, actual, textsOf(rowsOf(once, grain, zone)))
    if (failure !== undefined) return failure
  }
  return undefined
}

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
    for (const { token, ending } of attempts) unfinished.push(`/${token}${ending}`)
  }
  for await (const { key } of world.objects.list('parts/')) {
    if (known.has(key) || unfinished.some((name) => key.endsWith(name))) continue
    return { message: `Nobody knows of ${key}`, about: [key] }
  }
  return undefined
}

async function minuteTexts({ definition, stores }: Outcome): Promise<Text[]> {
  const texts: Text[] = []
  for (const aggregation of definition.aggregations) {
    for await (const { key, minuteMs: atMs, state } of stores.minutes.scan(aggregation)) {
      const period = minuteName(atMs)
      texts.push([period, textOf(aggregation, period, key, state)])
    }
  }
  return texts
}
