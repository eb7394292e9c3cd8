import { defaultGraceMs } from './defaults.ts'

/**
 * One environment variable of a function, under the name that its value has in code. Instants and
 * lengths are milliseconds in code, whatever the variable and the setting tell them in.
 */
type Variable =
  | (Told & {
      readonly kind: 'wholeNumber'
      /** As the variable has it. */
      readonly min: number
      /** The value where the variable is not set. */
      readonly otherwise: number
      /** What 1 in the variable is in code. Default 1. */
      readonly unit?: number
    })
  /** A text that has to be there, or one that is undefined where the variable is not set. */
  | (Told & { readonly kind: 'text' | 'optionalText' | 'timeZone' })
  /** `true`, or anything else. */
  | (Told & { readonly kind: 'flag' })

interface Told {
  readonly variable: string
}

export type Variables = Readonly<Record<string, Variable>>

const minuteMs = 60_000
const dayMs = 86_400_000

/** What both functions are told of the deployment that they are part of. */
export const sharedVariables = {
  /** The dimension of the metrics; without it, on one machine, none are written. */
  stackName: { variable: 'STACK_NAME', kind: 'optionalText' },
  minutesTable: { variable: 'MINUTES_TABLE', kind: 'text' },
  rollupsTable: { variable: 'ROLLUPS_TABLE', kind: 'text' },
  ledgerTable: { variable: 'LEDGER_TABLE', kind: 'text' },
  bucket: { variable: 'BUCKET', kind: 'text' },
  /** Whether bucket names stand in the path, as servers other than S3 want it. */
  pathStyle: { variable: 'S3_PATH_STYLE', kind: 'flag' },
  /** In place of the definition's own zone, where it is set. */
  timeZone: { variable: 'TIME_ZONE', kind: 'timeZone' },
  keyRanges: {
    variable: 'KEY_RANGES',
    kind: 'wholeNumber',
    min: 1,
    otherwise: 1,
  },
  minuteRetentionMs: {
    variable: 'MINUTE_RETENTION_DAYS',
    kind: 'wholeNumber',
    min: 1,
    otherwise: 35 * dayMs,
    unit: dayMs,
  },
} as const satisfies Variables

/** What only batch-rollup is told. */
export const rollupVariables = {
  graceMs: {
    variable: 'HOUR_GRACE_MS',
    kind: 'wholeNumber',
    min: 0,
    otherwise: defaultGraceMs,
  },
  /** Weeks and months that are not over are merged again after this long at the earliest. */
  openPeriodEveryMs: {
    variable: 'OPEN_PERIOD_EVERY_MS',
    kind: 'wholeNumber',
    min: 0,
    otherwise: 3_600_000,
  },
} as const satisfies Variables

type ValueOf<Of> = Of extends { readonly kind: 'wholeNumber' }
  ? number
  : Of extends { readonly kind: 'flag' }
    ? boolean
    : Of extends { readonly kind: 'text' }
      ? string
      : string | undefined

/** What variables say, by their names in code. */
export type ValuesOf<Table extends Variables> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>
}

/** The variables that say these values; those without a value stay unset. */
export function variablesOf<Table extends Variables>(
  table: Table,
  values: Partial<ValuesOf<Table>>,
): Record<string, string> {
  const set = Object.entries(table).flatMap(([name, of]) => {
    const value: string | number | boolean | undefined = values[name]
    if (value === undefined) return []
    const told = typeof value === 'number' ? value / (unitOf(of) ?? 1) : value
    return [[of.variable, String(told)]]
  })
  return Object.fromEntries(set)
}

function unitOf(of: Variable): number | undefined {
  return of.kind === 'wholeNumber' ? of.unit : undefined
}

/** A setting of the infrastructure that is told to a function, under the name of its value in code. */
interface ToldSetting {
  readonly setting: string
  /** What 1 in the setting is in code. Default 1. */
  readonly unit?: number
}

type ToldSettings = Readonly<Record<string, ToldSetting>>

/** The settings behind `sharedVariables`; what is none of these, the stack knows by itself. */
export const sharedSettings = {
  timeZone: { setting: 'timeZone' },
  keyRanges: { setting: 'keyRanges' },
  minuteRetentionMs: { setting: 'minuteRetentionDays', unit: dayMs },
} as const satisfies ToldSettings

/** The settings behind `rollupVariables`. */
export const rollupSettings = {
  graceMs: { setting: 'hourGraceMinutes', unit: minuteMs },
  openPeriodEveryMs: { setting: 'openPeriodMinutes', unit: minuteMs },
} as const satisfies ToldSettings

/** What the settings of the infrastructure say, as values in code. */
export function valuesOfSettings<Table extends ToldSettings>(
  table: Table,
  settings: Readonly<Record<Table[keyof Table]['setting'], string | number>>,
): { readonly [Name in keyof Table]: Name extends 'timeZone' ? string : number } {
  const given: Readonly<Record<string, string | number>> = settings
  const values = Object.entries(table).map(([name, { setting, unit = 1 }]) => {
    const value = given[setting]
    return [name, typeof value === 'number' ? value * unit : value]
  })
  return Object.fromEntries(values)
}

/** What a setting is where nothing is given: what the function takes for given. */
export function settingDefault(
  { otherwise }: { readonly otherwise: number },
  { unit = 1 }: ToldSetting,
): number {
  return otherwise / unit
}
