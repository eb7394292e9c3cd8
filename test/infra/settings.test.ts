import { describe, expect, it } from 'vitest'
import { BadSettings, readSettings, settingDefinitions } from '../../infra/settings.ts'

const read = (context: Record<string, unknown>) => readSettings(context, 'Europe/London')

function problemsOf(context: Record<string, unknown>): string[] {
  try {
    read(context)
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error
    return error.message.split('\n  - ').slice(1)
  }
  return []
}

describe('the settings of a deployment', () => {
  it('have defaults, and the zone of the pipeline', () => {
    // docs/OPERATIONS.md says each default, and operations.test.ts that it is so.
    const defaults = Object.entries(settingDefinitions).map(([name, of]) => [name, of.otherwise])
    expect(read({})).toEqual({
      ...Object.fromEntries(defaults),
      timeZone: 'Europe/London',
      streamConcurrency: 4,
    })
  })

  it('are taken as text from the command line and as numbers from cdk.json', () => {
    expect(read({ shards: '8', scheduleMinutes: 5 })).toMatchObject({
      shards: 8,
      streamConcurrency: 16,
      scheduleMinutes: 5,
    })
    expect(read({ timeZone: 'Asia/Kathmandu' }).timeZone).toBe('Asia/Kathmandu')
    expect(read({ shards: 'on-demand' })).toMatchObject({
      shards: 'on-demand',
      streamConcurrency: 32,
    })
    expect(read({ shards: 'on-demand', streamConcurrency: 5 }).streamConcurrency).toBe(5)
  })

  it.each([
    'ops@example.com',
    'arn:aws:sns:eu-west-1:123456789012:on-call',
    'arn:aws-cn:sns:cn-north-1:123456789012:on-call',
  ])('take the alarm address %s', (alarmAddress) => {
    expect(read({ alarmAddress }).alarmAddress).toBe(alarmAddress)
  })

  it.each([
    ['stage', 'Prod', 'stage must be lower-case letters, digits and "-", not "Prod"'],
    ['data', 'delete', 'data must be one of keep, remove, not "delete"'],
    ['timeZone', 'Mars/Olympus', 'timeZone: No IANA time zone is named "Mars/Olympus"'],
    [
      'alarmAddress',
      'ops',
      'alarmAddress must be an e-mail address or the ARN of an SNS topic, not "ops"',
    ],
    ['shards', '0', 'shards must be "on-demand" or a whole number from 1 to 500, not "0"'],
    ['shards', 'many', 'shards must be "on-demand" or a whole number from 1 to 500, not "many"'],
    ['batchSize', '10001', 'batchSize must be a whole number from 1 to 10000, not "10001"'],
    ['batchSize', '1e3', 'batchSize must be a whole number from 1 to 10000, not "1e3"'],
    ['scheduleMinutes', '', 'scheduleMinutes must be a whole number from 1 to 720, not ""'],
    ['scheduleMinutes', -1, 'scheduleMinutes must be a whole number from 1 to 720, not -1'],
    [
      'logRetentionDays',
      '8',
      'logRetentionDays must be one of 7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653, not "8"',
    ],
  ])('refuse %s = %j', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([problem])
  })

  it('refuse a name that is none, with those that there are', () => {
    expect(problemsOf({ shard: 4 })).toEqual([
      expect.stringMatching(/^shard is no setting; there are stage, data, .*logRetentionDays$/),
    ])
  })

  it.each([
    '@aws-cdk/core:newStyleStackSynthesis',
    'aws:cdk:enable-path-metadata',
    'cli-telemetry',
  ])('pass over %s, which the CDK reads', (name) => {
    expect(problemsOf({ [name]: true })).toEqual([])
  })

  it('list all that is wrong at once', () => {
    expect(problemsOf({ stage: '', shards: 0, keyRanges: 'a' })).toHaveLength(3)
  })

  it('refuse minute rows that are gone before their records are', () => {
    expect(problemsOf({ minuteRetentionDays: 7 })).toEqual([
      expect.stringContaining('minuteRetentionDays (7) must be more than streamRetentionDays (7)'),
    ])
    expect(problemsOf({ minuteRetentionDays: 8 })).toEqual([])
  })

  it('refuse shards that would wait for each other', () => {
    expect(problemsOf({ shards: 4, streamConcurrency: 3 })).toEqual([
      expect.stringContaining('streamConcurrency (3) must be at least shards (4)'),
    ])
    expect(problemsOf({ shards: 4, streamConcurrency: 4 })).toEqual([])
  })
})
