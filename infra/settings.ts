import {
  rollupSettings,
  rollupVariables,
  settingDefault,
  sharedSettings,
  sharedVariables,
} from '../lib/contract/environment.ts'
import { createCalendar, UnknownTimeZone } from '../lib/core/index.ts'
import { choice, matching, type Setting, shardMode, wholeNumber } from './setting-kinds.ts'

/**
 * Everything that may differ from one deployment to the next, as CDK context: `-c stage=prod`, or
 * the `context` of `cdk.json`. docs/OPERATIONS.md says what each one does and costs.
 */
export const settingDefinitions = {
  stage: matching('dev', /^[a-z][a-z0-9-]{0,29}$/, 'lower-case letters, digits and "-"'),
  data: choice('keep', ['keep', 'remove']),
  timeZone: matching(undefined, /./, 'an IANA time zone'),
  alarmAddress: matching(
    undefined,
    /^(?:[^\s@:]+@[^\s@]+\.[^\s@]+|arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+)$/,
    'an e-mail address or the ARN of an SNS topic',
  ),
  shards: shardMode(2, 500),
  streamRetentionDays: wholeNumber(7, 1, 365),
  batchSize: wholeNumber(5_000, 1, 10_000),
  batchWindowSeconds: wholeNumber(5, 1, 300),
  streamMemoryMb: wholeNumber(1_024, 256, 10_240),
  streamConcurrency: wholeNumber(undefined, 1, 1_000),
  scheduleMinutes: wholeNumber(15, 1, 720),
  hourGraceMinutes: wholeNumber(
    settingDefault(rollupVariables.graceMs, rollupSettings.graceMs),
    0,
    60,
  ),
  openPeriodMinutes: wholeNumber(
    settingDefault(rollupVariables.openPeriodEveryMs, rollupSettings.openPeriodEveryMs),
    0,
    1_440,
  ),
  verifyHours: wholeNumber(48, 0, 1_440),
  // The ledger names every part of an hour in one item, which DynamoDB holds to 400 KB.
  keyRanges: wholeNumber(
    settingDefault(sharedVariables.keyRanges, sharedSettings.keyRanges),
    1,
    100,
  ),
  rollupMemoryMb: wholeNumber(1_769, 512, 10_240),
  backfillConcurrency: wholeNumber(20, 1, 1_000),
  minuteRetentionDays: wholeNumber(
    settingDefault(sharedVariables.minuteRetentionMs, sharedSettings.minuteRetentionMs),
    1,
    3_650,
  ),
  maxWritesPerSecond: wholeNumber(2_000, 1, 1_000_000),
  maxRejectPercent: wholeNumber(1, 0, 100),
  logRetentionDays: choice(90, [7, 14, 30, 60, 90, 180, 365, 731, 1_827, 3_653]),
} as const satisfies Record<string, Setting<unknown>>

type Definitions = typeof settingDefinitions

type Read = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends Setting<infer Value>
    ? Value
    : never
}

/** Checked settings; what was not given has its default. */
export type Settings = Omit<Read, 'timeZone' | 'streamConcurrency'> & {
  /** The zone whose days, weeks and months the rollups follow. */
  readonly timeZone: string
  /** Invocations of stream-aggregate that may run at the same time. */
  readonly streamConcurrency: number
}

/** Settings that make no sense; the message lists each of them on a line of its own. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'

  constructor(problems: readonly string[]) {
    super(['The deployment settings are wrong:', ...problems].join('\n  - '))
  }
}

/** Context that the CDK itself reads is told by these characters, or is one of these names. */
const contextOfTheCdk = /[@:/]|^(?:acknowledged-issue-numbers|cli-telemetry)$/

/** `definitionTimeZone` is what the definition says. Throws BadSettings. */
export function readSettings(
  context: Readonly<Record<string, unknown>>,
  definitionTimeZone: string,
): Settings {
  const problems = Object.keys(context)
    .filter((name) => !contextOfTheCdk.test(name) && !Object.hasOwn(settingDefinitions, name))
    .map((name) => `${name} is no setting; there are ${settingNames.join(', ')}`)
  const read = readEach(context, problems)
  const settings = {
    ...read,
    timeZone: read.timeZone ?? definitionTimeZone,
    streamConcurrency: read.streamConcurrency ?? concurrencyFor(read.shards),
  }
  if (problems.length === 0) problems.push(...contradictions(settings))
  if (problems.length > 0) throw new BadSettings(problems)
  return settings
}

const settingNames = Object.keys(settingDefinitions)

function readEach(context: Readonly<Record<string, unknown>>, problems: string[]): Read {
  const values = Object.entries<Setting<unknown>>(settingDefinitions).map(([name, setting]) => {
    const given = context[name]
    if (given === undefined) return [name, setting.otherwise]
    const value = setting.read(String(given).trim())
    if (value === undefined) {
      problems.push(`${name} must be ${setting.expects}, not ${JSON.stringify(given)}`)
    }
    return [name, value]
  })
  return Object.fromEntries(values)
}

/** Room for the children of shards that are split or merged while the parents are still read. */
const concurrencyPerShard = 2
/** A stream on demand grows by itself; over this many shards, say how far it may. */
const concurrencyOnDemand = 32

function concurrencyFor(shards: number | 'on-demand'): number {
  return shards === 'on-demand' ? concurrencyOnDemand : shards * concurrencyPerShard
}

function contradictions(settings: Settings): string[] {
  const problems: string[] = []
  const { timeZone, minuteRetentionDays, streamRetentionDays, shards, streamConcurrency } = settings
  try {
    createCalendar(timeZone)
  } catch (error) {
    if (!(error instanceof UnknownTimeZone)) throw error
    problems.push(`timeZone: ${error.message}`)
  }
  if (minuteRetentionDays <= streamRetentionDays) {
    problems.push(
      `minuteRetentionDays (${minuteRetentionDays}) must be more than streamRetentionDays ` +
        `(${streamRetentionDays}): a record that comes again must still find its minute row`,
    )
  }
  if (shards !== 'on-demand' && streamConcurrency < shards) {
    problems.push(
      `streamConcurrency (${streamConcurrency}) must be at least shards (${shards}): ` +
        'every shard needs an invocation of its own',
    )
  }
  return problems
}
