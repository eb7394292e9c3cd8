import { randomUUID } from 'node:crypto'
import { createStreamHandler } from '../../lib/handlers/stream-handler.ts'
import definition from '../../pipeline.config.ts'

export const handler = createStreamHandler(definition, {
  environment: process.env,
  nowMs: Date.now,
  random: Math.random,
  newToken: randomUUID,
  write: (line) => process.stdout.write(line),
})
