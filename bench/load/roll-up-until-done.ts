import type { LocalPipeline } from '../../local/pipeline.ts'

const maxFailures = 50

/** Rolls up until nothing is left that can be computed now. A run that fails is followed by another. */
export async function rollUpUntilDone(
  pipeline: Pick<LocalPipeline, 'rollUp'>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const { held, leftUnits } = (await pipeline.rollUp()) as RollupAnswer
      if (held && leftUnits === 0) return
    } catch (error) {
      onFailure(error)
      if (++failures === maxFailures) throw error
    }
  }
}

interface RollupAnswer {
  readonly held: boolean
  readonly leftUnits?: number
}
