import { InvalidArgumentError, Option } from 'commander'
import { checkTimeZone } from '../lib/core/index.ts'
import { UsageError } from './failure.ts'
import { type Format, formats } from './output/write-cells.ts'

export interface DataOptions {
  readonly data: string
  readonly zone?: string
}

/** What a command that only reads can be pointed at: a data folder, or a deployed stack. */
export interface SourceOptions extends DataOptions {
  readonly stack?: string
}

export interface OutputOptions extends SourceOptions {
  readonly format: Format
}

export const dataOption = () =>
  new Option('--data <dir>', 'the folder that holds the data')
    .default('.twofold')
    .argParser((folder) => {
      if (folder === '') throw new InvalidArgumentError('It must name a folder.')
      return folder
    })

export const stackOption = () =>
  new Option('--stack <name>', 'read a deployed stack, in place of --data').conflicts('zone')

export const zoneOption = () =>
  new Option('--zone <zone>', 'time zone of days, weeks and months (IANA name)').argParser(
    (zone) => {
      checkTimeZone(zone)
      return zone
    },
  )

export const formatOption = (otherwise: Format = 'table') =>
  new Option('--format <format>', 'how to write the result').choices(formats).default(otherwise)

export const grainOption = (grains: readonly string[]) =>
  new Option('--grain <grain>', 'length of the periods').choices(grains).makeOptionMandatory()

export const aggregationOption = () =>
  new Option('--aggregation <name>', 'an aggregation of pipeline.config.ts (default: its first)')

/** What stands in for the embedded servers, as the AWS SDK's own variable has it. */
export function endpointUrl(): string | undefined {
  return urlIn('AWS_ENDPOINT_URL')
}

/** Whether S3 is somebody else's, and so wants bucket names in the path. */
export function hasOwnS3(): boolean {
  return (urlIn('AWS_ENDPOINT_URL_S3') ?? endpointUrl()) !== undefined
}

/** An empty variable is as good as none. Throws UsageError where it holds no URL. */
function urlIn(variable: string): string | undefined {
  const text = process.env[variable]
  if (text === undefined || text === '') return undefined
  if (!URL.canParse(text)) throw new UsageError(`${variable} is no URL: ${text}`)
  return text
}
