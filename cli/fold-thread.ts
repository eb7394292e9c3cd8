import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'
import type { PieceFoldJob } from './actions/fold-job.ts'

enableCompileCache()

const { pieceFoldOf } = await import('./actions/fold-job.ts')
const { loadDefinition } = await import('./load-definition.ts')
const { runFoldThread } = await import('../local/fold-thread.ts')

// What the command was told of it before; the thread hands on what is thrown.
const definition = await loadDefinition()

runFoldThread(workerData, (job: PieceFoldJob) => {
  if (definition instanceof Error) throw definition
  return pieceFoldOf(definition, job)
})
