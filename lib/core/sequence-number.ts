/**
 * Which of two sequence numbers of one shard comes first: below 0, 0 or above. They are whole
 * numbers of up to 129 digits, compared as numbers: by length, then digit by digit.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length === b.length) return a < b ? -1 : a > b ? 1 : 0
  const left = a.replace(/^0+(?=\d)/, '')
  const right = b.replace(/^0+(?=\d)/, '')
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}
