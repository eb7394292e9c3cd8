import { afterAll, expect, test } from 'vitest'
import { RunningCommand, twofold, twofoldOk } from './twofold-command.ts'
import { Workspace } from './workspace.ts'

const workspace = new Workspace()
const data = workspace.path('data')
const day = new Date().toISOString().slice(0, 10)
const running = new RunningCommand(['start', '--rate', '100', '--every', '1', '--data', data])

afterAll(() => {
  running.killAll()
  workspace.remove()
})

test('start shows rows, is read by other commands meanwhile, and stops cleanly on Ctrl-C', async () => {
  await running.printed(/grinder .* open$/m)

  const exported = await twofoldOk(['export', '--grain', 'day', '--from', day, '--data', data])
  expect(exported.stdout).toContain('"status":"open"')
  const status = await twofoldOk(['status', '--format', 'json', '--data', data])
  expect(JSON.parse(status.stdout)).toMatchObject({ summary: [{ running: 'twofold start' }] })
  const second = await twofold(['start', '--data', data])
  expect(second.exitCode).toBe(1)
  expect(second.stderr).toMatch(/^twofold: .* is in use by `twofold start` .*\n$/)

  running.interrupt()
  const { exitCode, stderr } = await running.finished
  expect(exitCode, stderr).toBe(0)
  await expect.poll(() => running.anyAlive()).toBe(false)
})

/** What calls that are not answered yet put may be applied already. */
const underWay = 4 * 500

test('at the highest rate, figures agree and SIGTERM ends it', async () => {
  const args = ['start', '--rate', '10000', '--every', '1', '--data', workspace.path('fast')]
  const fast = new RunningCommand(args)
  try {
    await fast.printed(/[1-9][\d,]* applied/)
    process.kill(fast.pid, 'SIGTERM')
    const { exitCode, stdout, stderr } = await fast.finished
    expect(exitCode, stderr).toBe(0)
    const figures = [...stdout.matchAll(/([\d,]+) events sent, ([\d,]+) applied/g)]
    expect(figures.length).toBeGreaterThan(0)
    for (const [text, ...counts] of figures) {
      const [sent = 0, applied = 0] = counts.map((count) => Number(count.replaceAll(',', '')))
      expect(applied, text).toBeLessThanOrEqual(sent + underWay)
    }
    await expect.poll(() => fast.anyAlive()).toBe(false)
  } finally {
    fast.killAll()
  }
})

test.each(['10001', '1000000000', '0'])('a rate of %s is refused', async (rate) => {
  const { exitCode, stderr } = await twofold(['start', '--rate', rate, '--data', data])
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/^twofold: .*It must be a whole number from 1 to 10000\. .*\n$/)
})
