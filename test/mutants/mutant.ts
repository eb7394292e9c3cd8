/** One promise of the pipeline, broken by a change of its source. */
export interface Mutant {
  readonly name: string
  /** The promise. */
  readonly breaks: string
  readonly file: string
  /** Each stands exactly once in the file, and is put in place of the other. */
  readonly edits: readonly { readonly from: string; readonly to: string }[]
  /** What has to notice it: the simulation unless told, or the comparison of engine and reference. */
  readonly noticedBy?: 'comparison'
}

/** The source with the mutant's edits. Throws where one of them does not fit exactly once. */
export function mutate({ name, edits }: Mutant, source: string): string {
  return edits.reduce((text, { from, to }) => {
    const [before, after, ...more] = text.split(from)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`The mutant "${name}" does not fit its source any more: ${from}`)
    }
    return before + to + after
  }, source)
}
