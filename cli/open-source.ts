import type { Command } from 'commander'
import type { Definition } from '../lib/core/index.ts'
import { type OpenData, openData } from '../local/open-data.ts'
import { servingOwner } from '../local/open-folder.ts'
import type { Source } from '../local/source.ts'
import type { SourceOptions } from './options.ts'

/** Commands that run for long, and whose servers others read from meanwhile. */
const serving = new Set(['twofold start', 'twofold run'])

const isServing = (command: string) => serving.has(command)

/** What a command calls itself to others who find a folder in use. */
export const nameOf = (command: Command) => `twofold ${command.name()}`

export function sourceOf({ data, stack }: SourceOptions): Source {
  return stack === undefined ? { folder: data } : { stack }
}

/** Opens what a command's options name. */
export function openSource(
  definition: Definition,
  command: Command,
  options: SourceOptions,
): Promise<OpenData> {
  return openData(sourceOf(options), {
    command: nameOf(command),
    isServing,
    definition,
    timeZone: options.zone,
    environment: process.env,
  })
}

/** The command that runs for long on the folder that options name, if one does. */
export async function runningOn({ data, stack }: SourceOptions): Promise<string | undefined> {
  if (stack !== undefined) return undefined
  return (await servingOwner(data, isServing))?.command
}
