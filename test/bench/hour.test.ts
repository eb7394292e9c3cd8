import { expect, it } from 'vitest'
import { runBench } from './run-bench.ts'

it('the benchmark of an hour runs, from the server and from memory', async () => {
  const options = ['--events', '1000', '--objects', '7', '--runs', '1']
  const stdout = await runBench('hour', ...options)
  expect(stdout).toMatch(/│ embedded S3 +(?:│ +[\d.]+ +){5}│/)
  expect(stdout).toMatch(/│ memory +(?:│ +[\d.]+ +){5}│/)
})
