import { expect, it } from 'vitest'
import { counted } from '../../cli/counted.ts'

it.each([
  [0, '0 kills'],
  [1, '1 kill'],
  [2, '2 kills'],
  [1_200, '1,200 kills'],
])('%i is told as %s', (count, text) => {
  expect(counted(count, 'kill')).toBe(text)
})
