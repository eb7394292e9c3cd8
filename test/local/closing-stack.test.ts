import { expect, it } from 'vitest'
import { ClosingStack } from '../../local/closing-stack.ts'

it('a step that fails keeps no other from being taken, and is what is told', async () => {
  const closing = new ClosingStack()
  const taken: string[] = []
  closing.add(async () => taken.push('first'))
  closing.add(async () => {
    throw new Error('second')
  })
  closing.add(async () => {
    throw new Error('third')
  })
  await expect(closing.close()).rejects.toThrow('third')
  expect(taken).toEqual(['first'])
  await closing.close()
})
