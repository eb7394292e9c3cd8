import { readFileSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { bundleEntry } from '../../build/function-bundle.ts'
import { createFunction } from '../../emulator/lambda/lambda.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const entry = fileURLToPath(new URL('../emulator/fixtures/bundle-entry.ts', import.meta.url))

test('a bundle runs by itself, with the SDK and CommonJS packages in it', async () => {
  const { file, bytes } = await bundleEntry(entry, temporaryFolder())
  expect(statSync(file).size).toBe(bytes)
  const lines: string[] = []
  const bundled = createFunction({
    name: 'bundled',
    file,
    env: {},
    timeoutMs: 10_000,
    concurrency: 1,
    onLog: (line) => lines.push(line),
  })
  onTestFinished(() => bundled.close())
  const result = await bundled.invoke({ a: '9', b: '10' })
  expect(result).toEqual({ order: -1, region: 'us-east-1', builtin: 'string', legacy: sep })
  expect(lines).toEqual([])
})

test('a bundle and its source map are the same bytes wherever they are made', async () => {
  const [one, other] = await Promise.all([
    bundleEntry(entry, temporaryFolder()),
    bundleEntry(entry, temporaryFolder()),
  ])
  for (const ending of ['', '.map']) {
    const [first, second] = [one, other].map(({ file }) => readFileSync(`${file}${ending}`, 'utf8'))
    expect(first).toBe(second)
  }
  const map = JSON.parse(readFileSync(`${one.file}.map`, 'utf8')) as { sources: string[] }
  expect(map.sources).toContain('../test/emulator/fixtures/bundle-entry.ts')
})

test('an entry that does not compile is an error with its place', async () => {
  const missing = entry.replace('bundle-entry', 'no-such-entry')
  await expect(bundleEntry(missing, temporaryFolder())).rejects.toThrow(/no-such-entry/)
})
