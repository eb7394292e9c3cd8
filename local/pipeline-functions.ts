import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { bundleFunction, type FunctionName } from '../build/function-bundle.ts'
import { createFunction, type LocalFunction } from '../emulator/lambda/lambda.ts'
import { rollupVariables, sharedVariables, variablesOf } from '../lib/contract/environment.ts'
import type { ClosingStack } from './closing-stack.ts'
import { localMinuteRetentionMs, localNames } from './local-names.ts'

export interface PipelineFunctionsOptions {
  /** Gets the bundles and the log. */
  readonly folder: string
  readonly endpoints: { readonly dynamodb: string; readonly s3: string }
  readonly timeZone: string
  /** Milliseconds between merges of a week or month that is not over. */
  readonly openPeriodEveryMs: number
  /** As many batches are applied at the same time. */
  readonly shardCount: number
  /** Told after every batch that held records which were refused. */
  readonly onRejected: ((records: number) => void) | undefined
}

const streamTimeoutMs = 120_000
const rollupTimeoutMs = 900_000

/** Bundles both functions and makes them ready to be invoked, until the stack is closed. */
export async function startFunctions(
  options: PipelineFunctionsOptions,
  closing: ClosingStack,
): Promise<Record<FunctionName, LocalFunction>> {
  const { folder, endpoints, timeZone, openPeriodEveryMs, shardCount } = options
  const log = createWriteStream(join(folder, 'functions.log'), { flags: 'a' })
  closing.add(() => new Promise((resolve) => log.end(resolve)))
  const env = {
    ...variablesOf(sharedVariables, {
      ...localNames,
      pathStyle: true,
      timeZone,
      minuteRetentionMs: localMinuteRetentionMs,
    }),
    ...variablesOf(rollupVariables, { openPeriodEveryMs }),
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
  }
  const startFunction = async (name: FunctionName, timeoutMs: number, concurrency: number) => {
    const { file } = await bundleFunction(name, join(folder, 'bundles'))
    const onLog = (line: string) => {
      log.write(`${name} ${line}\n`)
      const rejected = rejectedIn(line)
      if (rejected > 0) options.onRejected?.(rejected)
    }
    const started = createFunction({ name, file, env, timeoutMs, concurrency, onLog })
    closing.add(() => started.close())
    return started
  }
  const [stream, rollup] = await Promise.all([
    startFunction('stream-aggregate', streamTimeoutMs, shardCount),
    startFunction('batch-rollup', rollupTimeoutMs, 1),
  ])
  return { 'stream-aggregate': stream, 'batch-rollup': rollup }
}

/** What a line of the stream function's log says of refused records. */
function rejectedIn(line: string): number {
  try {
    const { message, rejects }: { message?: unknown; rejects?: unknown } = JSON.parse(line)
    return message === 'batch applied' && typeof rejects === 'number' ? rejects : 0
  } catch {
    // A line that is no JSON object is not the function's own log.
    return 0
  }
}
