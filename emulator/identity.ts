/** The region, account and keys of a run on one machine: the embedded servers check none of them. */
export const localRegion = 'us-east-1'
export const localAccountId = '000000000000'
export const localCredentials = {
  accessKeyId: 'local',
  secretAccessKey: 'local',
} as const
