import { SeededRandom } from './seeded-random.ts'

const awkwardProducts: readonly string[] = [
  '85123A',
  '85123a',
  '__proto__',
  'constructor',
  'toString',
  '#',
  '##',
  '|',
  '~',
  '%23',
  '/',
  '..',
  '\\',
  '"',
  "'; drop table minutes",
  ' ',
  '\0',
  '\0\0',
  '\u0001',
  'a\tb',
  'a\nb',
  'a\r\nb',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ufeffmark',
  '\u{1f9fa}',
  '\u{1f469}\u200d\u{1f680}',
  '\u200fעברית',
  'العربية',
  'é',
  'e\u0301',
  '\uffff',
  '\u{10ffff}',
  'x'.repeat(256),
  'é'.repeat(128),
  '\u{1f9fa}'.repeat(64),
  '\0'.repeat(256),
]

/** Instants at and around which calendars have their edges, in UTC. */
const edges: readonly string[] = [
  // The earliest time that is taken; in some zones it is still 1999.
  '2000-01-01T00:00:00.000Z',
  // The year of the ISO week is not the year of the day.
  '2010-01-03T23:59:59.999Z',
  '2010-01-04T00:00:00.000Z',
  '2012-12-31T12:00:00.000Z',
  '2021-01-03T18:15:00.000Z',
  '2012-02-29T23:30:00.000Z',
  // London's clocks change; its days begin at 23:00 UTC in summer.
  '2011-03-27T00:59:59.999Z',
  '2011-03-27T01:00:00.000Z',
  '2011-07-31T22:59:59.999Z',
  '2011-07-31T23:00:00.000Z',
  '2011-10-30T00:30:00.000Z',
  '2011-10-30T01:30:00.000Z',
  // Lord Howe's change by half an hour; its days begin at 13:00 or 13:30 UTC.
  '2011-04-02T13:00:00.000Z',
  '2011-04-02T14:45:00.000Z',
  '2011-04-02T15:00:00.000Z',
  '2011-04-03T13:29:59.999Z',
  '2011-04-03T13:30:00.000Z',
  '2011-10-01T15:29:59.999Z',
  '2011-10-01T15:30:00.000Z',
  // Kathmandu's days, and a month, begin at 18:15 UTC.
  '2011-05-31T18:14:59.999Z',
  '2011-05-31T18:15:00.000Z',
]

const prices: readonly string[] = [
  '0',
  '0.0',
  '2.5',
  '2.50',
  '0.0001',
  '13541.33',
  '1e2',
  '25e-4',
  '7',
]
const hugeQuantities: readonly string[] = [
  '9007199254740991',
  '-9007199254740991',
  '4503599627370497',
]
const offsets: readonly (readonly [text: string, minutes: number])[] = [
  ['Z', 0],
  ['z', 0],
  ['+00:00', 0],
  ['-00:00', 0],
  ['+05:45', 345],
  ['-09:30', -570],
  ['+14:00', 840],
]

/**
 * `count` or a few more made-up purchases, all of them to be taken, the same for the same seed:
 * awkward product ids, returns, huge quantities, prices in every form, times at the calendars'
 * edges. Some lines are there twice, and some ids come again in another hour, where they count.
 */
export function smallInput(options: { seed: number; count: number }): Buffer[] {
  const random = new SeededRandom(options.seed)
  const lines = Array.from({ length: options.count }, (_, index) => {
    const transactionId = index % 40 === 39 ? 't-reused' : `t-${index}`
    return Buffer.from(purchaseLine(random, transactionId, index))
  }).filter(isFirstOfItsHour())
  const repeats = lines.filter((_, index) => index % 25 === 7)
  return [...lines, ...repeats]
}

/** `t-reused` may be there once an hour only: which of two unlike lines would count is chance. */
function isFirstOfItsHour(): (line: Buffer) => boolean {
  const seen = new Set<string>()
  return (line) => {
    const { transactionId, timestamp } = JSON.parse(line.toString())
    const identity = `${transactionId} ${new Date(timestamp).toISOString().slice(0, 13)}`
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  }
}

function purchaseLine(random: SeededRandom, transactionId: string, index: number): string {
  // Every edge and every product is there, then chance decides.
  const edge = Date.parse(edges[index] ?? random.pick(edges))
  const instantMs = index < edges.length ? edge : edge + random.below(120_000)
  const productId = awkwardProducts[index] ?? random.pick(awkwardProducts)
  const members = [
    `"transactionId":${JSON.stringify(transactionId)}`,
    `"timestamp":"${timestampText(random, instantMs)}"`,
    `"productId":${random.below(4) === 0 ? escapedJson(productId) : JSON.stringify(productId)}`,
    `"quantity":${quantityText(random)}`,
    `"unitPrice":${sometimesQuoted(random, random.pick(prices))}`,
    `"currency":"${random.pick(['GBP', 'GBP', 'EUR', 'JPY'])}"`,
    ...random.pick([[], ['"customerId":null'], ['"customerId":"17850"']]),
    ...random.pick([[], ['"__proto__":{"quantity":1}'], ['"note":[1.50,{"quantity":9}]']]),
  ]
  return `{${random.shuffled(members).join(random.pick([',', ', ', ' ,\t']))}}`
}

function quantityText(random: SeededRandom): string {
  const text = random.below(12) === 0 ? random.pick(hugeQuantities) : String(random.below(40) - 8)
  return sometimesQuoted(random, text)
}

function sometimesQuoted(random: SeededRandom, text: string): string {
  return random.below(4) === 0 ? `"${text}"` : text
}

/** The instant with some offset, and sometimes with digits finer than the millisecond. */
function timestampText(random: SeededRandom, instantMs: number): string {
  const [offset, minutes] = random.pick(offsets)
  const local = new Date(instantMs + minutes * 60_000).toISOString().slice(0, -1)
  return `${local}${random.pick(['', '', '9', '999999'])}${offset}`
}

function escapedJson(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`
}
