import { expect, it } from 'vitest'
import { runBench } from './run-bench.ts'

it('the benchmark of growth runs', async () => {
  const sizes = ['--sizes', '1000', '2000']
  const stdout = await runBench('growth', ...sizes, '--hours', '2', '5', '--runs', '2')
  for (const name of ['day', 'day-once']) {
    for (const events of [1000, 2000]) {
      expect(stdout).toMatch(new RegExp(`│ ${name} +│ ${events} +(?:│ +[\\d.]+ +){4}│`))
    }
  }
  for (const hours of [2, 5]) {
    expect(stdout).toMatch(new RegExp(`│ ${hours} +(?:│ +[\\d.]+ +){3}│`))
  }
})
