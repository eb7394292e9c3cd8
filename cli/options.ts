import { type Command, InvalidArgumentError, Option } from 'commander'
import { checkTimeZone } from '../lib/core/index.ts'
import { type Format, formats } from './output/format.ts'

/** What a command is pointed at that works on a data folder. */
export interface FolderOptions {
  readonly data: string
  readonly zone?: string
}

/** What a command that reads is pointed at: a data folder, or a deployed stack. */
export interface SourceOptions extends FolderOptions {
  readonly stack?: string
}

/** The options of a command that reads, and writes what it found. */
export interface ReadingOptions extends SourceOptions {
  readonly format: Format
}

/** `--zone`, `--data` and `--stack`, and `--format` with what holds unless it is given. */
export function addReadingOptions(command: Command, format: Format = 'table'): Command {
  return command
    .addOption(zoneOption())
    .addOption(dataOption())
    .addOption(
      new Option('--stack <name>', 'read a deployed stack, in place of --data').conflicts('zone'),
    )
    .addOption(formatOption(format))
}

export const dataOption = () =>
  new Option('--data <dir>', 'the folder that holds the data')
    .default('.twofold')
    .argParser((folder) => {
      if (folder === '') throw new InvalidArgumentError('It must name a folder.')
      return folder
    })

export const zoneOption = () =>
  new Option('--zone <zone>', 'time zone of days, weeks and months (IANA name)').argParser(
    (zone) => {
      checkTimeZone(zone)
      return zone
    },
  )

export const formatOption = (otherwise: Format = 'table') =>
  new Option('--format <format>', 'how to write the result').choices(formats).default(otherwise)

/** It has to be given where nothing holds unless it is. */
export const grainOption = (grains: readonly string[], otherwise?: string) => {
  const option = new Option('--grain <grain>', 'length of the periods').choices(grains)
  return otherwise === undefined ? option.makeOptionMandatory() : option.default(otherwise)
}

export const aggregationOption = (otherwise = 'its first') =>
  new Option('--aggregation <name>', `an aggregation of pipeline.config.ts (default: ${otherwise})`)
