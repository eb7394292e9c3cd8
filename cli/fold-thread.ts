import { workerData } from 'node:worker_threads'
import { runFoldThread } from '../local/fold-thread.ts'
import { pieceFoldOf } from '../local/piece-fold-job.ts'
import pipeline from '../pipeline.config.ts'

runFoldThread(workerData, pieceFoldOf(pipeline))
