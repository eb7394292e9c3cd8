/** A sequence number of Kinesis has no more digits. */
const maxDigits = 129

/** Which of two sequence numbers of one shard comes first, as numbers: below 0, 0 or above. */
export function compareSequenceNumbers(a: string, b: string): number {
  const [left, right] = [a.padStart(maxDigits, '0'), b.padStart(maxDigits, '0')]
  return left < right ? -1 : left > right ? 1 : 0
}
