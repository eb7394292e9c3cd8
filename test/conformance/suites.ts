import { afterAll, beforeAll, describe } from 'vitest'
import type { Backend, BucketBackend, TableBackend } from './backend.ts'
import { objectsConformance } from './objects-conformance.ts'
import { backlogUnitsConformance } from './stores/backlog-conformance.ts'
import { changedUnitsConformance } from './stores/changed-units-conformance.ts'
import { exactlyOnceMinutesConformance } from './stores/exactly-once-minutes-conformance.ts'
import { historyConformance } from './stores/history-conformance.ts'
import { leaseConformance } from './stores/lease-conformance.ts'
import { minuteRetentionConformance } from './stores/minute-retention-conformance.ts'
import { minuteRowsConformance } from './stores/minute-rows-conformance.ts'
import { partRegistryConformance } from './stores/part-registry-conformance.ts'
import { partsConformance } from './stores/parts-conformance.ts'
import { refusedLinesConformance } from './stores/refused-lines-conformance.ts'
import { rejectsConformance } from './stores/rejects-conformance.ts'
import { rollupRowsConformance } from './stores/rollup-rows-conformance.ts'
import { rollupRunsConformance } from './stores/rollup-runs-conformance.ts'
import { settingsConformance } from './stores/settings-conformance.ts'
import { shardProgressConformance } from './stores/shard-progress-conformance.ts'
import { unfinishedFoldsConformance } from './stores/unfinished-folds-conformance.ts'
import { tableConformance } from './table-conformance.ts'

/** What a table must do, and every store that stands on one. */
const ofTables = [
  tableConformance,
  exactlyOnceMinutesConformance,
  minuteRowsConformance,
  rollupRowsConformance,
  changedUnitsConformance,
  leaseConformance,
  backlogUnitsConformance,
  partRegistryConformance,
  settingsConformance,
  minuteRetentionConformance,
  shardProgressConformance,
  rollupRunsConformance,
  refusedLinesConformance,
  unfinishedFoldsConformance,
]

/** What a bucket must do, and every store that stands on one. */
const ofBuckets = [objectsConformance, historyConformance, rejectsConformance, partsConformance]

export function tableSuites(backend: TableBackend): void {
  runOn(backend, ofTables)
}

export function allSuites(backend: TableBackend & BucketBackend): void {
  runOn(backend, [...ofTables, ...ofBuckets])
}

function runOn<On extends Backend>(backend: On, suites: readonly ((backend: On) => void)[]): void {
  describe(`on ${backend.name}`, () => {
    beforeAll(() => backend.open())
    afterAll(() => backend.close())
    for (const suite of suites) suite(backend)
  })
}
