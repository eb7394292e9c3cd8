import { describe, expect, it } from 'vitest'
import { readDeployment, settingsFor } from '../../lib/deployment/deployment.ts'
import { BadEnvironment, requiredText, wholeNumber } from '../../lib/deployment/environment.ts'
import { salesPipeline } from '../support/sales.ts'

describe('the environment', () => {
  it('must have what is required', () => {
    expect(requiredText({ BUCKET: 'b' }, 'BUCKET')).toBe('b')
    for (const environment of [{}, { BUCKET: '' }, { BUCKET: undefined }]) {
      expect(() => requiredText(environment, 'BUCKET')).toThrow(
        new BadEnvironment('The environment variable BUCKET is not set'),
      )
    }
  })

  it('holds whole numbers, or none', () => {
    expect(wholeNumber({ N: '42' }, 'N', 7, 1)).toBe(42)
    expect(wholeNumber({}, 'N', 7, 1)).toBe(7)
    for (const text of ['', ' ', '0', '-1', '1.5', '1e3', '0x10', ' 7', '9007199254740992', 'x']) {
      expect(() => wholeNumber({ N: text }, 'N', 7, 1)).toThrow(
        new BadEnvironment(`N must be a whole number from 1 up, not "${text}"`),
      )
    }
  })

  const needed = { MINUTES_TABLE: 'm', ROLLUPS_TABLE: 'r', LEDGER_TABLE: 'l', BUCKET: 'b' }

  it('describes a deployment', () => {
    expect(readDeployment(needed)).toMatchObject({
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
    const deployment = readDeployment(told)
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
    expect(settingsFor(salesPipeline, readDeployment(needed)).timeZone).toBe('UTC')
  })

  it.each(Object.keys(needed))('must name %s', (name) => {
    expect(() => readDeployment({ ...needed, [name]: undefined })).toThrow(name)
  })
})
