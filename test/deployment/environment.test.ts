import { describe, expect, it } from 'vitest'
import {
  rollupVariables,
  sharedVariables,
  type ValuesOf,
  variablesOf,
} from '../../lib/contract/environment.ts'
import { settingsFor } from '../../lib/deployment/deployment.ts'
import { BadEnvironment, readEnvironment } from '../../lib/deployment/environment.ts'
import { salesPipeline } from '../support/sales.ts'

const needed = { MINUTES_TABLE: 'm', ROLLUPS_TABLE: 'r', LEDGER_TABLE: 'l', BUCKET: 'b' }

/** What any of the functions is told. */
const functionVariables = { ...sharedVariables, ...rollupVariables }

describe('the environment', () => {
  const ofText = { bucket: { variable: 'BUCKET', kind: 'text' } } as const
  const ofNumber = {
    number: { variable: 'N', kind: 'wholeNumber', min: 1, otherwise: 7 },
  } as const

  it('must have what is required', () => {
    expect(readEnvironment(ofText, { BUCKET: 'b' })).toEqual({ bucket: 'b' })
    for (const environment of [{}, { BUCKET: '' }, { BUCKET: undefined }]) {
      expect(() => readEnvironment(ofText, environment)).toThrow(
        new BadEnvironment('The environment variable BUCKET is not set'),
      )
    }
  })

  it('holds whole numbers, or none', () => {
    expect(readEnvironment(ofNumber, { N: '42' })).toEqual({ number: 42 })
    expect(readEnvironment(ofNumber, {})).toEqual({ number: 7 })
    for (const text of ['', ' ', '0', '-1', '1.5', '1e3', '0x10', ' 7', '9007199254740992', 'x']) {
      expect(() => readEnvironment(ofNumber, { N: text })).toThrow(
        new BadEnvironment(`N must be a whole number from 1 up, not "${text}"`),
      )
    }
  })

  it('describes a deployment', () => {
    expect(readEnvironment(sharedVariables, needed)).toEqual({
      minutesTable: 'm',
      rollupsTable: 'r',
      ledgerTable: 'l',
      bucket: 'b',
      stackName: undefined,
      pathStyle: false,
      timeZone: undefined,
      keyRanges: 1,
      minuteRetentionMs: 35 * 86_400_000,
    })
    const told = {
      ...needed,
      S3_PATH_STYLE: 'true',
      TIME_ZONE: 'Asia/Kathmandu',
      KEY_RANGES: '4',
      MINUTE_RETENTION_DAYS: '2',
    }
    const deployment = readEnvironment(sharedVariables, told)
    expect(deployment).toMatchObject({
      pathStyle: true,
      timeZone: 'Asia/Kathmandu',
      keyRanges: 4,
      minuteRetentionMs: 2 * 86_400_000,
    })
    expect(settingsFor(salesPipeline, deployment)).toEqual({
      definition: salesPipeline.fingerprint,
      timeZone: 'Asia/Kathmandu',
      bucketCount: 16,
      keyRanges: 4,
    })
    const without = readEnvironment(sharedVariables, needed)
    expect(settingsFor(salesPipeline, without).timeZone).toBe('UTC')
  })

  it.each(Object.keys(needed))('must name %s', (name) => {
    expect(() => readEnvironment(sharedVariables, { ...needed, [name]: undefined })).toThrow(name)
  })

  it('is read as it was written', () => {
    const values: ValuesOf<typeof functionVariables> = {
      stackName: 'twofold-prod',
      minutesTable: 'm',
      rollupsTable: 'r',
      ledgerTable: 'l',
      bucket: 'b',
      pathStyle: true,
      timeZone: 'Asia/Kathmandu',
      keyRanges: 4,
      minuteRetentionMs: 3 * 86_400_000,
      graceMs: 1,
      openPeriodEveryMs: 0,
    }
    const environment = variablesOf(functionVariables, values)
    expect(environment).toMatchObject({ ...needed, MINUTE_RETENTION_DAYS: '3', HOUR_GRACE_MS: '1' })
    expect(readEnvironment(functionVariables, environment)).toEqual(values)
  })
})
