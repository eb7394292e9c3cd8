#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Before anything else is loaded: it halves the time that a command takes to start.
enableCompileCache()

const { report } = await import('./failure.ts')
const { runProgram } = await import('./program.ts')

// A reader that has seen enough, such as `head`, is no failure; what we started goes with us.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

try {
  await runProgram()
} catch (error) {
  process.exitCode = await report(error)
}
