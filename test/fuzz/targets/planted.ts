import { planted } from '../fixtures/planted.ts'
import type { FuzzTarget } from '../target.ts'

/** A defect made on purpose, to see that the fuzzer finds it, reports it and makes it small. */
export const plantedTarget: FuzzTarget = {
  name: 'planted',
  seeds: [Buffer.from('nothing')],
  dictionary: [],
  check: planted,
}
