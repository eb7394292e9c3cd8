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
