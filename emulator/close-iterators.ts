import { requireOf } from './level-store.ts'

interface ClosableIterator {
  close(): Promise<void>
}

interface AbstractLevel {
  readonly AbstractKeyIterator: { readonly prototype: ClosableIterator }
  readonly AbstractValueIterator: { readonly prototype: ClosableIterator }
}

/**
 * dynalite 4.0.0 ends its iterators with `return`, which those of its LevelDB call `close`: so every
 * query would leave one open, which holds some 15 KB and a snapshot of all data. To be called before
 * dynalite opens its store.
 */
export function closeIteratorsOnReturn(): void {
  const { AbstractKeyIterator, AbstractValueIterator } = requireOf('dynalite')(
    'abstract-level',
  ) as AbstractLevel
  for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
    Object.assign(prototype, {
      return(this: ClosableIterator) {
        return this.close()
      },
    })
  }
}
