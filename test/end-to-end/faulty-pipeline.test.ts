import { afterAll, describe, expect, it } from 'vitest'
import { rollUpDespiteFailures } from '../../bench/load/roll-up-despite-failures.ts'
import { rollUpUntilDone } from '../../bench/load/roll-up-until-done.ts'
import {
  allFaultKinds,
  type FaultKind,
  type FaultRates,
} from '../../emulator/faults/fault-kinds.ts'
import { createFaultProxies } from '../../emulator/faults/fault-proxies.ts'
import {
  type LocalPipeline,
  type LocalPipelineOptions,
  startLocalPipeline,
} from '../../local/pipeline.ts'
import { sendFiles } from '../../local/send-files.ts'
import definition from '../../pipeline.config.ts'
import { smallInput } from '../data/small-input.ts'
import { readPurchases, rowsOf } from '../oracle/oracle.ts'
import { allGrains, asFinal, differencesOf, exportRows, noDifferences } from './exported-rows.ts'
import { Workspace } from './workspace.ts'

const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const zone = 'Europe/London'

/** Far more than any network has: often enough that a whole run is never spared a kind. */
const rates: FaultRates = {
  throttle: 0.01,
  'server-error': 0.01,
  unavailable: 0.01,
  'reset-before': 0.01,
  'reset-after': 0.01,
  hang: 0.01,
  slow: 0.01,
  'cut-answer': 0.01,
  stall: 0.01,
  'unprocessed-items': 0.3,
  'failed-records': 0.3,
  'short-page': 0.3,
}

/** The few requests that send a small file may all be spared. */
const mayBeSpared: readonly FaultKind[] = ['failed-records']

const workspace = new Workspace()
afterAll(() => workspace.remove())

/** Works with a pipeline over a folder, until the work is done or a server dies. */
async function withPipeline(
  data: string,
  options: Pick<LocalPipelineOptions, 'through' | 'onGivenUp'>,
  work: (running: LocalPipeline) => Promise<void>,
): Promise<void> {
  const running = await startLocalPipeline({
    folder: data,
    command: 'test',
    definition,
    timeZone: zone,
    endpointUrl: undefined,
    openPeriodEveryMs: 0,
    ...options,
  })
  try {
    await Promise.race([work(running), running.died])
  } finally {
    await running.close()
  }
}

/**
 * Takes a file through the pipeline, and rolls up until a run does not fail. What that run leaves is
 * done by a later one without faults: each request that gets no answer makes a unit wait a minute for
 * it, so runs among so many faults would go on for minutes.
 */
async function runThroughFaults(input: string, data: string) {
  const proxies = createFaultProxies({ seed, rates, hangMs: 300, maxSlowMs: 100 })
  let givenUp = 0
  const onGivenUp = (records: number) => {
    givenUp += records
  }
  try {
    await withPipeline(data, { through: proxies.through, onGivenUp }, async (running) => {
      const { lastSequenceNumbers } = await sendFiles(running, [input], () => undefined)
      await running.mapping.drained(lastSequenceNumbers)
      await rollUpDespiteFailures(running, () => undefined)
    })
  } finally {
    await proxies.close()
  }
  await withPipeline(data, {}, (running) => {
    return rollUpUntilDone(running, (error) => {
      throw error
    })
  })
  return { faults: proxies.counts(), givenUp }
}

describe('a pipeline with faults between its functions and their stores', () => {
  it(`comes to the oracle's rows (FAULT_SEED=${seed} repeats the chances)`, async () => {
    const lines = smallInput({ seed: 5, count: 200 })
    const data = workspace.path('data')
    const { faults, givenUp } = await runThroughFaults(
      workspace.writeLines('purchases.ndjson', lines),
      data,
    )
    const { purchases } = readPurchases(lines, Date.now())
    for (const grain of allGrains) {
      const rows = await exportRows(data, grain)
      const expected = asFinal(rowsOf(purchases, grain, zone))
      expect(differencesOf(rows, expected), `${grain}, FAULT_SEED=${seed}`).toEqual(noDifferences)
    }
    expect(givenUp).toBe(0)
    const spared = allFaultKinds.filter((kind) => faults[kind] === 0 && !mayBeSpared.includes(kind))
    expect(spared, `FAULT_SEED=${seed}`).toEqual([])
  })
})
