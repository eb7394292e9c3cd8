import type { FuzzTarget } from '../target.ts'
import { decoderTarget } from './decoder.ts'
import { engineTarget } from './engine.ts'
import { engineDefinitionsTarget } from './engine-definitions.ts'
import { eventTarget } from './event.ts'
import { inputFileTarget } from './input-file.ts'
import { kinesisTarget } from './kinesis.ts'
import { outputTarget } from './output.ts'
import { requestTarget } from './request.ts'
import { storedStateTarget } from './stored-state.ts'

/** All that is fuzzed. */
export const targets: readonly FuzzTarget[] = [
  decoderTarget,
  engineTarget,
  engineDefinitionsTarget,
  kinesisTarget,
  eventTarget,
  storedStateTarget,
  requestTarget,
  inputFileTarget,
  outputTarget,
]
