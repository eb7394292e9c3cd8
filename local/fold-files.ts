import type { WindowFold } from '../lib/core/index.ts'
import { feedFile } from './feed-file.ts'
import { LineFeed } from './line-feed.ts'
import { type FoldedLines, LineTally } from './line-tally.ts'
import { maxLineBytes } from './stream-limits.ts'
import { UnreadableContent } from './unreadable-content.ts'

/**
 * Folds the lines of files, one file after the other, gzip, zstd or plain as their first bytes tell.
 * Where a file cannot be read to its end, what came before counts.
 */
export async function foldFiles(
  fold: WindowFold,
  files: readonly string[],
  onBytes: (bytes: number) => void,
): Promise<FoldedLines> {
  const tally = new LineTally(fold)
  const feed = new LineFeed(fold, {
    maxLineBytes,
    onTooLong: (bytes) => tally.passTooLong(bytes),
    onBlank: () => tally.passBlank(),
  })
  for (const file of files) {
    tally.begin(file)
    try {
      await feedFile(file, feed, onBytes)
      feed.end()
    } catch (error) {
      if (!(error instanceof UnreadableContent)) throw error
      feed.drop()
      tally.cutShort(error.message)
    }
  }
  return tally.lines()
}
