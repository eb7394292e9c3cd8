import { randomUUID } from 'node:crypto'
import { createStreamHandler } from '../../lib/handlers/stream-handler.ts'
import pipeline from '../../pipeline.config.ts'

export const handler = createStreamHandler(pipeline, {
  environment: process.env,
  nowMs: Date.now,
  random: Math.random,
  newToken: randomUUID,
  write: (line) => process.stdout.write(line),
})
