import { randomUUID } from 'node:crypto'
import { createRollupHandler } from '../../lib/handlers/rollup-handler.ts'
import definition from '../../pipeline.config.ts'

export const handler = createRollupHandler(definition, {
  environment: process.env,
  nowMs: Date.now,
  random: Math.random,
  newToken: randomUUID,
  write: (line) => process.stdout.write(line),
})
