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
      /** What 1 in the setting of the infrastructure is in code. Default 1. */
      readonly settingUnit?: number
    })
  /** A text that has to be there, or one that is undefined where the variable is not set. */
  | (Told & { readonly kind: 'text' | 'optionalText' | 'timeZone' })
  /** `true`, or anything else. */
  | (Told & { readonly kind: 'flag' })

interface Told {
  readonly variable: string
  /** The setting of the infrastructure that says it; without one, the stack knows it by itself. */
  readonly setting?: string
}

export type Variables = Readonly<Record<string, Variable>>

const minuteMs = 60_000
const dayMs = 86_400_000

/** How long after its end an hour is still taken from minute rows, in ms, where nothing else is said. */
export const defaultGraceMs = 5 * minuteMs

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
  /** In place of the pipeline's own zone, where it is set. */
  timeZone: { variable: 'TIME_ZONE', kind: 'timeZone', setting: 'timeZone' },
  keyRanges: {
    variable: 'KEY_RANGES',
    kind: 'wholeNumber',
    min: 1,
    otherwise: 1,
    setting: 'keyRanges',
  },
  minuteRetentionMs: {
    variable: 'MINUTE_RETENTION_DAYS',
    kind: 'wholeNumber',
    min: 1,
    otherwise: 35 * dayMs,
    unit: dayMs,
    setting: 'minuteRetentionDays',
    settingUnit: dayMs,
  },
} as const satisfies Variables

/** What only batch-rollup is told. */
export const rollupVariables = {
  graceMs: {
    variable: 'HOUR_GRACE_MS',
    kind: 'wholeNumber',
    min: 0,
    otherwise: defaultGraceMs,
    setting: 'hourGraceMinutes',
    settingUnit: minuteMs,
  },
  /** Weeks and months that are not over are merged again after this long at the earliest. */
  openPeriodEveryMs: {
    variable: 'OPEN_PERIOD_EVERY_MS',
    kind: 'wholeNumber',
    min: 0,
    otherwise: 3_600_000,
    setting: 'openPeriodMinutes',
    settingUnit: minuteMs,
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

type SettingOf<Of> = Of extends { readonly setting: infer Name extends string } ? Name : never

/** The settings of the infrastructure that variables are made of. */
export type SettingsFor<Table extends Variables> = {
  readonly [Of in Table[keyof Table] as SettingOf<Of>]: ValueOf<Of>
}

/** What the settings of the infrastructure say, as values of the variables that they are for. */
export function valuesOfSettings<Table extends Variables>(
  table: Table,
  settings: SettingsFor<Table>,
): Partial<ValuesOf<Table>> {
  const given: Readonly<Record<string, unknown>> = settings
  const values = Object.entries(table).flatMap(([name, of]) => {
    if (of.setting === undefined) return []
    const value = given[of.setting]
    const inCode = of.kind === 'wholeNumber' ? Number(value) * (of.settingUnit ?? 1) : value
    return [[name, inCode]]
  })
  return Object.fromEntries(values)
}

/** What a setting of the infrastructure is where nothing is given: what the function takes for given. */
export function settingDefault(of: {
  readonly otherwise: number
  readonly settingUnit?: number
}): number {
  return of.otherwise / (of.settingUnit ?? 1)
}
