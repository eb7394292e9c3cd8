import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { FunctionClosed } from '../lambda/lambda.ts'
import { type Attempt, decide, firstAttempt, type Outcome, splitExpired } from './batch-decision.ts'
import { failureRecord, type GiveUpCondition } from './failure-record.ts'
import type { MappingOptions, MappingTarget } from './mapping-options.ts'
import { kinesisEvent, type RecordSource, type StreamRecord } from './stream-record.ts'

export type ShardProcessorOptions = MappingTarget & {
  readonly source: RecordSource
  readonly options: MappingOptions
  /** Told to stop: the invocation under way is waited for, and none is started after it. */
  readonly signal: AbortSignal
  /** Keeps that everything up to `through` is done. */
  readonly checkpoint: (through: string, records: readonly StreamRecord[]) => Promise<void>
}

/**
 * Brings a batch to its end: done, or given up and handed to `onFailure`. Returns early, with the
 * rest untouched, when told to stop.
 */
export async function processBatch(
  records: readonly StreamRecord[],
  shard: ShardProcessorOptions,
): Promise<void> {
  const { options, signal } = shard
  const queue: Attempt[] = [firstAttempt(records)]
  for (let head = queue.shift(); head !== undefined && !signal.aborted; head = queue.shift()) {
    const { expired, rest } = splitExpired(head, options.maxRecordAgeMs, options.now())
    await giveUp(shard, expired, 'RecordAgeExceeded', head.invocations, false)
    if (rest.records.length === 0) continue

    const outcome = await callFunction(shard, rest.records)
    const decision = decide(rest, outcome, options)
    const isLeft = decision.done < rest.records.length
    if (isLeft) reportFailure(shard, rest.records, outcome)
    await finish(shard, rest.records.slice(0, decision.done))
    const invocations = rest.invocations + 1
    const threw = outcome.kind === 'failed'
    await giveUp(shard, decision.givenUp, 'RetryAttemptsExhausted', invocations, threw)
    queue.unshift(...decision.next)
    if (decision.delayMs > 0) await pause(decision.delayMs, signal)
  }
}

async function callFunction(
  shard: ShardProcessorOptions,
  records: readonly StreamRecord[],
): Promise<Outcome> {
  try {
    return { kind: 'returned', response: await shard.invoke(kinesisEvent(shard.source, records)) }
  } catch (error) {
    // A function that was taken away says nothing about the records.
    if (error instanceof FunctionClosed) throw error
    return { kind: 'failed', error }
  }
}

function reportFailure(
  shard: ShardProcessorOptions,
  records: readonly StreamRecord[],
  outcome: Outcome,
): void {
  const error =
    outcome.kind === 'failed'
      ? outcome.error
      : new Error(`the function did not finish its batch: ${JSON.stringify(outcome.response)}`)
  shard.onFunctionFailure?.({ shardId: shard.source.shardId, records: records.length, error })
}

async function finish(
  shard: ShardProcessorOptions,
  records: readonly StreamRecord[],
): Promise<void> {
  const last = records.at(-1)
  if (last !== undefined) await shard.checkpoint(last.sequenceNumber, records)
}

async function giveUp(
  shard: ShardProcessorOptions,
  records: readonly StreamRecord[],
  condition: GiveUpCondition,
  invocations: number,
  functionThrew: boolean,
): Promise<void> {
  if (records.length === 0) return
  const { source, options } = shard
  const context = {
    functionName: options.functionName,
    requestId: randomUUID(),
    nowMs: options.now(),
  }
  // Kept before the checkpoint passes them: then they are never lost, at worst kept twice.
  await shard.onFailure(
    failureRecord({ source, records, condition, invocations, functionThrew }, context),
  )
  await finish(shard, records)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // The only way that this sleep fails is being told to stop.
  await sleep(ms, undefined, { signal }).catch(() => {})
}
