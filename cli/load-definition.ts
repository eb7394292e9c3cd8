import { stripVTControlCharacters } from 'node:util'
import type { Definition } from '../lib/core/index.ts'
import { Failure } from './failure.ts'

const fileName = 'pipeline.config.ts'

/** The definition of `pipeline.config.ts`; a Failure that says what is wrong with it, if that is so. */
export async function loadDefinition(): Promise<Definition | Failure> {
  try {
    const { default: pipeline } = await import('../pipeline.config.ts')
    if (typeof pipeline?.fingerprint === 'string') return pipeline
  } catch (error) {
    return new Failure(explain(error), { cause: error })
  }
  return new Failure(`${fileName}: the default export is not what definePipeline returns`)
}

/** What of it a person needs to find the mistake, in one line. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return `${fileName}: ${error}`
  const lines = stripVTControlCharacters(error.message).split('\n')
  const message = lines.find((line) => line.trim() !== '')?.trim() ?? error.name
  const place = placeOf(error)
  // What checks the definition names the part at fault; all else is told by the line it is in.
  return place === undefined
    ? `${fileName}: ${message}`
    : `${fileName}:${place}: ${error.name}: ${message}`
}

/** The line of the definition that threw or can't be parsed; undefined where it called what threw. */
function placeOf({ stack = '' }: Error): string | undefined {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line))
  const unparsed = /^\S*pipeline\.config\.ts:(\d+)$/m.exec(stack)
  const threw = /pipeline\.config\.ts:(\d+):\d+\)?$/.exec(frames[0] ?? '')
  return (unparsed ?? threw)?.[1]
}
