import { backfillDefinition } from '../../infra/backfill-definition.ts'
import { parseRequest } from '../../lib/rollup/request.ts'
import { type Definition, runStateMachine } from '../infra/state-machine.ts'
import { answerRequest } from './answer-request.ts'
import { type ChangedOptions, contextAt, type World } from './world.ts'

const names = {
  partition: 'aws',
  functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:batch-rollup',
  bucketName: 'bucket',
}

export interface BackfillRun {
  /** Goes on by itself while the state machine pauses. */
  readonly clock: { nowMs: number }
  /** What an invocation sees of the world; all of it unless told otherwise. */
  readonly seenBy?: () => World
  /** How much of a pause with full jitter is waited: from 0 to 1. */
  readonly jitter?: number
  readonly context?: ChangedOptions
  /** What goes on elsewhere during each pause. */
  readonly meanwhile?: () => Promise<void>
}

/** Runs the deployed state machine over the real functions, one unit at a time. */
export async function runBackfill(
  world: World,
  range: { readonly from: string; readonly to: string },
  { clock, seenBy = () => world, jitter = 1, context = {}, meanwhile }: BackfillRun,
): Promise<unknown> {
  // One at a time, so that the clock shows each unit the pauses that are its own.
  const definition = backfillDefinition({ ...names, maxConcurrency: 1 })
  return runStateMachine(JSON.parse(JSON.stringify(definition)) as Definition, range, 'again', {
    async invoke(_functionArn, payload) {
      const request = parseRequest(payload)
      const own = { nowMs: () => clock.nowMs, rewrite: request.kind === 'unit', ...context }
      const seen = seenBy()
      const invocation = contextAt(seen, clock.nowMs, own)
      return answerRequest(request, invocation, seen.objects, () => undefined)
    },
    async readObject(_bucket, key) {
      const read = await Array.fromAsync((await world.objects.get(key)) ?? [])
      return Buffer.concat(read).toString()
    },
    writeObject: (_bucket, key, text) => world.objects.put(key, Buffer.from(text)),
    async sleep(seconds) {
      clock.nowMs += seconds * 1000
      await meanwhile?.()
    },
    jitter: () => jitter,
  })
}
