import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileEngine, engineModuleFile } from '../../build/engine-module.ts'

test('the engine that runs is what its sources make', async () => {
  const kept = readFileSync(engineModuleFile, 'utf8')
  const isSame = (await compileEngine()) === kept
  expect(isSame, '`npm run build:engine` makes it anew').toBe(true)
})

test('an engine that does not compile is an error', async () => {
  await expect(compileEngine('/no/such/folder')).rejects.toThrow('The engine does not compile')
})
