import { deepStrictEqual, equal } from 'node:assert/strict'
import { BadRange } from '../../../lib/rollup/plan-backfill.ts'
import { BadRequest, parseRequest, type RollupRequest } from '../../../lib/rollup/request.ts'
import { rollUp } from '../../../lib/rollup/roll-up.ts'
import { answerRequest } from '../../support/answer-request.ts'
import { contextAt, memoryWorld } from '../../support/world.ts'
import { changedTexts } from '../../support/world-rows.ts'
import type { FuzzTarget } from '../target.ts'

const nowMs = Date.parse('2026-11-25T12:00:00Z')

/** What the rollup function is asked: refused, or done and of no harm to the runs that follow. */
export const requestTarget: FuzzTarget = {
  name: 'request',
  seeds: [
    '{}',
    '{"takeOver":true}',
    '{"soleProcess":true}',
    '{"plan":{"id":"one","from":"2026-11-24","to":"2026-11-25"}}',
    '{"unit":{"kind":"hour","hour":"2026-11-25T10"}}',
    '{"unit":{"kind":"day","aggregation":"by-product","period":"2026-11-25","range":0}}',
    '{"unit":{"kind":"week","aggregation":"by-price","period":"2026-W47","range":0}}',
    '{"unit":{"kind":"month","aggregation":"by-price","period":"2026-11","range":0}}',
  ].map((text) => Buffer.from(text)),
  dictionary: [
    '"hour"',
    '"minute"',
    '"2026-W54"',
    '"9999-12"',
    '"0001-01"',
    '-1',
    '1e300',
    '#',
    'null',
    '[]',
    '"__proto__"',
  ],
  maxBytes: 300,
  async check(input) {
    let json: unknown
    try {
      json = JSON.parse(Buffer.from(input).toString())
    } catch {
      return
    }
    const world = memoryWorld()
    const context = contextAt(world, nowMs)
    try {
      const request: RollupRequest = parseRequest(json)
      await answerRequest(request, context, world.objects, () => undefined)
    } catch (error) {
      if (!(error instanceof BadRequest || error instanceof BadRange)) throw error
      deepStrictEqual(await changedTexts(world), [], 'what was refused left a mark')
    }
    // Whatever the request left marked, a run must be able to do it.
    const run = await rollUp(contextAt(world, nowMs + 86_400_000))
    equal(run.held, true)
  },
}
