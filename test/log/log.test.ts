import { describe, expect, it } from 'vitest'
import { createLog, describeError } from '../../lib/log/log.ts'
import { asStorageTrouble, StorageTrouble } from '../../lib/store/storage-trouble.ts'

describe('trouble', () => {
  it('names what was being done, and keeps its cause', async () => {
    const cause = new Error('connection reset')
    const failing = asStorageTrouble('Reading minutes', () => Promise.reject(cause))
    await expect(failing).rejects.toThrow(StorageTrouble)
    await expect(failing).rejects.toMatchObject({
      message: 'Reading minutes failed: connection reset',
      cause,
    })
    expect(await asStorageTrouble('Reading minutes', async () => 7)).toBe(7)
  })

  it('is described with all its causes', () => {
    const trouble = new StorageTrouble('Reading', new Error('outer', { cause: 'inner' }))
    expect(describeError(trouble)).toBe(
      'StorageTrouble: Reading failed: outer; caused by Error: outer; caused by inner',
    )
    expect(describeError('text')).toBe('text')
  })

  it('is logged as one line of JSON, with metrics where these have somewhere to go', () => {
    const lines: string[] = []
    const options = { write: (line: string) => lines.push(line), nowMs: () => 1_795_341_900_000 }
    const fields = { shard: 's', rows: 2, none: undefined }
    createLog({ ...options, stackName: undefined })('error', 'a\nb', fields, { Events: 3 })
    createLog({ ...options, stackName: 'prod' })(
      'info',
      'done',
      {},
      { Events: 3, OldestChangeAge: 4 },
    )
    createLog({ ...options, stackName: 'prod' })('info', 'done', {})
    const [plain, withMetrics, without] = lines
    expect(plain).toBe(
      '{"timestamp":"2026-11-22T10:05:00.000Z","level":"error","message":"a\\nb","shard":"s","rows":2}\n',
    )
    expect(JSON.parse(withMetrics ?? '')).toEqual({
      timestamp: '2026-11-22T10:05:00.000Z',
      level: 'info',
      message: 'done',
      Stack: 'prod',
      Events: 3,
      OldestChangeAge: 4,
      _aws: {
        Timestamp: 1_795_341_900_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Twofold',
            Dimensions: [['Stack']],
            Metrics: [
              { Name: 'Events', Unit: 'Count' },
              { Name: 'OldestChangeAge', Unit: 'Seconds' },
            ],
          },
        ],
      },
    })
    expect(JSON.parse(without ?? '')).not.toHaveProperty('_aws')
  })

  it('is plain for a terminal, and the same for a program, whatever an error names', () => {
    const lines: string[] = []
    const options = { write: (line: string) => lines.push(line), nowMs: () => 0 }
    const error = '\u001b[2J \u009b31m \u007f \u0085 \u202e \u2066 \u2028 \ufeff \u0000\n é 😀'
    createLog({ ...options, stackName: undefined })('error', 'failed', { error })
    expect(lines.join('')).toMatch(/^[\x20-\x7eé😀]+\n$/u)
    expect(JSON.parse(lines.join(''))).toMatchObject({ error })
  })
})
