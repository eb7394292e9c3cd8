import type { Mutant } from './mutant.ts'

/** What is broken, and the edits that do so: a text, and what is put in its place. */
type Break = readonly [breaks: string, ...edits: readonly (readonly [from: string, to: string])[]]

/** Mutants of a file of the engine, which the comparison with the reference has to notice. */
export function engineMutants(file: string, breaks: Readonly<Record<string, Break>>): Mutant[] {
  return Object.entries(breaks).map(([name, [promise, ...edits]]) => ({
    name,
    breaks: promise,
    file: `engine/${file}`,
    edits: edits.map(([from, to]) => ({ from, to })),
    noticedBy: 'comparison',
  }))
}
