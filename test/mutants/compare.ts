import { registerHooks } from 'node:module'
import { exitFailed } from '../../cli/exit-codes.ts'
import { Difference } from '../engine/same-text.ts'
import { testName } from './plain-tests.ts'

const plainTests = new URL('plain-tests.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'vitest' ? plainTests : specifier, context),
})

/** All that hold engine and reference equal and leave nothing to chance, the quickest first. */
const files = ['shortcuts', 'shortcuts-of-values', 'shortcuts-of-totals', 'sums', 'tables']

/** Compares engine and reference up to the first difference, which it tells. Exit code 1 then. */
try {
  for (const file of files) await import(`../engine/${file}.test.ts`)
  process.stdout.write('Engine and reference made the same.\n')
} catch (error) {
  if (!(error instanceof Difference)) throw error
  process.stdout.write(`They are not the same ${testName()}\n${error.message}\n`)
  process.exitCode = exitFailed
}
