/** The outputs of a stack, which the command line finds a deployment by. */
export const outputNames = [
  'StreamName',
  'MinutesTable',
  'RollupsTable',
  'LedgerTable',
  'Bucket',
  'TimeZone',
  'MinuteRetentionDays',
  'HourGraceMinutes',
  'StreamAggregateFunction',
  'BatchRollupFunction',
  'BackfillStateMachine',
  'Dashboard',
] as const

export type OutputName = (typeof outputNames)[number]
