import { engineModule } from './engine-module.ts'

/** What the engine asks for while it works, under the names of the files of `engine/` that ask. */
export interface EngineImports {
  takesText(field: number, from: number, bytes: number): number
  windowAt(ms: number): number
}

/** What `engine/index.ts` exports. Places are bytes from the beginning of its memory. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory
  heapBase(): number
  free(from: number): void
  allocate(bytes: number): number
  usedBytes(): number
  usePlan(at: number): void
  begin(): void
  setUncertain(value: number): void
  windowBounds(): number
  foldText(from: number, to: number, latestMs: number): number
  foldLines(
    text: number,
    starts: number,
    ends: number,
    arrived: number,
    hours: number,
    line: number,
    lines: number,
  ): number
  addTextId(from: number, bytes: number, hourMs: number): number
  linesOfGroups(lineBefore: number, lines: number): void
  duplicatesDropped(): bigint
  firstWindowAt(): number
  order(aggregation: number, keys: number, windows: number): number
  placesAt(): number
  writeRows(
    rows: number,
    places: number,
    count: number,
    key: number,
    keyBytes: number,
    out: number,
  ): number
  firstKeyAt(): number
  firstPageOf(aggregation: number): number
  groupsOf(aggregation: number): number
  newHeld(engines: number): number
  hold(held: number): void
  holdTextId(from: number, bytes: number, ms: number): number
  listDigests(engines: number): number
  digestEnds(): number
  addDigests(digests: number, count: number, isNew: number): void
  countDigests(held: number, isNew: number): void
  isNewHeld(held: number, event: number): number
  windowNumbered(number: number): number
  copyOut(places: number, count: number, out: number): void
  merge(parts: number, count: number, out: number, places: number): number
  readonly oddFrom: WebAssembly.Global<number>
  readonly oddEnd: WebAssembly.Global<number>
  readonly events: WebAssembly.Global<bigint>
}

let module: WebAssembly.Module | undefined

/** Compiled when it is first needed, once. */
function compiled(): WebAssembly.Module {
  module ??= new WebAssembly.Module(Uint8Array.from(atob(engineModule), (c) => c.charCodeAt(0)))
  return module
}

/** The engine's memory cannot grow: it may hold 4 GB, or there is no more to be had. */
export class EngineIsFull extends Error {
  override readonly name = 'EngineIsFull'

  constructor(cause: unknown) {
    super('The keys, windows and ids of these events do not fit into the memory of a fold, 4 GB', {
      cause,
    })
  }
}

/** The engine traps only where it gets no memory, since bad input is no trouble to it. */
function tellingWhy(name: string, exported: unknown): unknown {
  if (typeof exported !== 'function') return exported
  return (...values: unknown[]) => {
    try {
      return exported(...values)
    } catch (error) {
      if ((error as Error).message === 'unreachable') throw new EngineIsFull(error)
      throw new Error(`The engine broke down in ${name}`, { cause: error })
    }
  }
}

/** An instance with a memory of its own. Its functions throw EngineIsFull. */
export function instantiate({ takesText, windowAt }: EngineImports): EngineExports {
  const imports = { 'known-texts': { takesText }, windows: { windowAt } }
  const { exports } = new WebAssembly.Instance(compiled(), imports)
  const told = Object.entries(exports).map(([name, one]) => [name, tellingWhy(name, one)])
  return Object.fromEntries(told)
}
