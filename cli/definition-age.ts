import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Owner } from '../local/data-folder.ts'
import { Failure } from './failure.ts'

const definitionFile = fileURLToPath(new URL('../pipeline.config.ts', import.meta.url))

/**
 * A command that runs reads events by the definition that it was started with. Throws Failure where
 * that was changed since: its rollup would pass over what is put back by the new one.
 */
export async function checkRunsDefinition(
  { command, startedAt }: Pick<Owner, 'command' | 'startedAt'>,
  file: string = definitionFile,
): Promise<void> {
  const { mtimeMs } = await stat(file)
  if (mtimeMs <= Date.parse(startedAt)) return
  throw new Failure(
    `pipeline.config.ts was changed after \`${command}\` was started; stop that, redrive, and ` +
      'start it again',
  )
}
