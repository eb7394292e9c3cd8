/** Where data is: in a folder of this machine, or in the tables and the bucket of a stack. */
export type Source = { readonly folder: string } | { readonly stack: string }

/** A source, as it is spoken of. */
export function nameOf(source: Source): string {
  return 'stack' in source ? `the stack ${source.stack}` : source.folder
}

/** Nothing was ever made at the source. */
export class NoData extends Error {
  override readonly name = 'NoData'
  readonly source: Source

  constructor(source: Source) {
    super(`there is no data in ${nameOf(source)} yet`)
    this.source = source
  }
}
