import type { RunFigures } from '../../lib/contract/figures.ts'
import type { LocalPipeline } from '../../local/pipeline.ts'

const maxFailures = 50

export interface RollupAnswer extends Partial<Pick<RunFigures, 'backlogUnits'>> {
  readonly held: boolean
}

/** Rolls up once. A run that fails is followed by another; throws what the 50th failed with. */
export async function rollUpDespiteFailures(
  pipeline: Pick<LocalPipeline, 'rollUp'>,
  onFailure: (error: unknown) => void,
): Promise<RollupAnswer> {
  for (let failures = 0; ; ) {
    try {
      return (await pipeline.rollUp()) as RollupAnswer
    } catch (error) {
      onFailure(error)
      if (++failures === maxFailures) throw error
    }
  }
}
