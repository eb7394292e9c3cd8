import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleFunction } from '../../build/function-bundle.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-bundles-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Only people look up stacks, and nobody discovers endpoints or needs classes of dates. */
const neverNeeded = ['client-cloudformation', 'endpoint-cache', 'temporal-polyfill/chunks/classApi']

test.each([
  ['stream-aggregate', 350_000, [...neverNeeded, 'temporal-polyfill/', '../lib/rollup/']],
  ['batch-rollup', 440_000, neverNeeded],
] as const)('the bundle of %s has at most %i bytes', async (name, maxBytes, leftOut) => {
  const { file, bytes } = await bundleFunction(name, folder)
  expect(bytes).toBeLessThanOrEqual(maxBytes)
  const { sources } = JSON.parse(await readFile(`${file}.map`, 'utf8')) as { sources: string[] }
  expect(sources.filter((path) => leftOut.some((part) => path.includes(part)))).toEqual([])
})

test('the benchmark of sizes and imports runs', async () => {
  const script = join(root, 'bench/bench.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'bundles', '1'])
  expect(stdout).toMatch(/stream-aggregate.*\d/)
  expect(stdout).toMatch(/batch-rollup.*\d/)
})
