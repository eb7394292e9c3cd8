/** The outputs of a stack, which the command line finds a deployment by. */
export type OutputName =
  | 'StreamName'
  | 'MinutesTable'
  | 'RollupsTable'
  | 'LedgerTable'
  | 'Bucket'
  | 'TimeZone'
  | 'MinuteRetentionDays'
  | 'HourGraceMinutes'
  | 'StreamAggregateFunction'
  | 'BatchRollupFunction'
  | 'BackfillStateMachine'
  | 'Dashboard'
