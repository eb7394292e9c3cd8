import type { LocalPipeline } from '../../local/pipeline.ts'
import { rollUpDespiteFailures } from './roll-up-despite-failures.ts'

/** Rolls up until nothing is left that can be computed now. A run that fails is followed by another. */
export async function rollUpUntilDone(
  pipeline: Pick<LocalPipeline, 'rollUp'>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  for (;;) {
    const { held, backlogUnits } = await rollUpDespiteFailures(pipeline, onFailure)
    if (held && backlogUnits === 0) return
  }
}
