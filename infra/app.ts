import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from './create-app.ts'
import { bundleFunctions } from './function-code.ts'
import { BadSettings } from './settings.ts'

/** The CDK app, which `cdk.json` names: writes the templates to where the CDK's CLI wants them. */
const folder = await mkdtemp(join(tmpdir(), 'twofold-bundles-'))
try {
  createApp({ code: await bundleFunctions(folder) }).synth()
} catch (error) {
  if (!(error instanceof BadSettings)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true })
}
