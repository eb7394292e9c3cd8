import { hourName, hourStart } from '../../lib/core/index.ts'
import { type Explanation, explanations } from '../../lib/verify/explanation.ts'
import type { Stretch } from '../../lib/verify/hours-to-verify.ts'
import type { Tally } from '../../lib/verify/tally.ts'
import type { UnverifiableHour } from '../../lib/verify/unverifiable-hour.ts'
import { counted } from '../counted.ts'

/** Which hour, why, and what to do. */
export function unverifiableSentence({ hourMs, message }: UnverifiableHour): string {
  return `${hourName(hourMs)} cannot be verified: ${message}; see Restore in docs/OPERATIONS.md`
}

/** Why the command fails, if it does. */
export function verifyFailure({ unexplained, unverifiable }: Tally): string | undefined {
  const unreadable = `${counted(unverifiable.length, 'hour')} cannot be verified`
  if (unexplained > 0) {
    return (
      `nothing explains why ${counted(unexplained, 'row differs', 'rows differ')}; see ` +
      `verify-differences in docs/OPERATIONS.md${unverifiable.length > 0 ? `; ${unreadable}` : ''}`
    )
  }
  return unverifiable.length > 0 ? `${unreadable}, since what is stored is damaged` : undefined
}

/** What came of it, a sentence a line. */
export function verifySentences(tally: Tally): string {
  const { pastRetentionHours, unverifiable } = tally
  const notKept =
    pastRetentionHours > 0
      ? [
          counted(
            pastRetentionHours,
            'hour of history has no minute rows any more',
            'hours of history have no minute rows any more',
          ),
        ]
      : []
  const lines =
    tally.found.length === 0
      ? [`no hour${askedText(tally.asked)} has data to compare: nothing was verified`, ...notKept]
      : [
          ...comparedSentences(tally),
          ...notKept,
          ...differenceSentences(tally),
          ...(unverifiable.length > 0
            ? [`${counted(unverifiable.length, 'hour')} could not be verified`]
            : []),
        ]
  return `${lines.join('\n')}\n`
}

/** Whole hours, as they are compared. */
function askedText({ fromMs, toMs }: Stretch): string {
  const texts = [
    ...(Number.isFinite(fromMs) ? [`from ${hourName(hourStart(fromMs))}`] : []),
    ...(Number.isFinite(toMs) ? [`to ${hourName(hourStart(toMs - 1))}`] : []),
  ]
  return texts.length === 0 ? '' : ` ${texts.join(' ')} (UTC)`
}

function comparedSentences({
  found,
  rows,
  hours,
  duplicatesDropped,
  correctedRows,
}: Tally): string[] {
  const [first = 0] = found
  const range = `${hourName(first)} to ${hourName(found.at(-1) ?? first)} (UTC)`
  return [
    `${counted(rows, 'row')} of ${counted(hours, 'hour')} compared with history, ${range}`,
    counted(
      duplicatesDropped,
      'event stands in history more than once',
      'events stand in history more than once',
    ),
    ...(correctedRows > 0
      ? [
          counted(
            correctedRows,
            "row is right by its total from history, and not by the stream's",
            "rows are right by totals from history, and not by the stream's",
          ),
        ]
      : []),
  ]
}

const differing = (rows: number) => counted(rows, 'row differs', 'rows differ')

function differenceSentences({ rows: compared, explained, unexplained }: Tally): string[] {
  const names = Object.keys(explanations) as Explanation[]
  const sentences = names.flatMap((name) => {
    const rows = explained.get(name)
    return rows === undefined ? [] : [`${differing(rows)}, ${name}: ${explanations[name]}`]
  })
  if (unexplained > 0) return [...sentences, `${differing(unexplained)}, unexplained`]
  if (compared === 0) return sentences
  return [...sentences, sentences.length > 0 ? 'every difference is explained' : 'no row differs']
}
