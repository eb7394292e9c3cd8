const firstSurrogate = 0xd800
const afterSurrogates = 0xe000

/**
 * Below 0, 0 or above, by the UTF-8 bytes of two well-formed texts. UTF-16 has the same order but
 * for one thing: the surrogates, which stand for what comes last in UTF-8, are not its last units.
 */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let at = 0; at < shorter; at++) {
    const [unit, other] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (unit !== other) return rankOf(unit) - rankOf(other)
  }
  return a.length - b.length
}

function rankOf(unit: number): number {
  return unit >= firstSurrogate && unit < afterSurrogates ? unit + 0x10000 : unit
}

/** Beyond this many keys one more is not moved to its place; all are sorted when next asked for. */
const maxKeysMoved = 4096

/** A map whose keys come in the order of their UTF-8 bytes, however they were put in. */
export class Utf8SortedMap<Value> {
  readonly #values: Map<string, Value>
  /** The keys in order; undefined where that is to be found out. */
  #sorted: string[] | undefined

  constructor(entries: Iterable<readonly [string, Value]> = []) {
    this.#values = new Map(entries)
  }

  /** Another map with the same values. */
  copy(): Utf8SortedMap<Value> {
    return new Utf8SortedMap(this.#values)
  }

  get size(): number {
    return this.#values.size
  }

  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Value): void {
    const known = this.#values.size
    this.#values.set(key, value)
    if (this.#sorted === undefined || this.#values.size === known) return
    const place = firstFrom(this.#sorted, key)
    if (place < known - maxKeysMoved) this.#sorted = undefined
    else this.#sorted.splice(place, 0, key)
  }

  delete(key: string): void {
    if (!this.#values.delete(key) || this.#sorted === undefined) return
    const place = firstFrom(this.#sorted, key)
    if (place < this.#sorted.length - maxKeysMoved) this.#sorted = undefined
    else this.#sorted.splice(place, 1)
  }

  /** The entries from a key on, in order, for as long as `goesOn` says so of their keys. */
  entriesFrom(from: string, goesOn: (key: string) => boolean): [string, Value][] {
    this.#sorted ??= [...this.#values.keys()].sort(compareUtf8)
    const entries: [string, Value][] = []
    for (let at = firstFrom(this.#sorted, from); at < this.#sorted.length; at++) {
      const key = this.#sorted[at] as string
      if (!goesOn(key)) break
      entries.push([key, this.#values.get(key) as Value])
    }
    return entries
  }

  /** The entries whose keys begin so, in order. */
  entriesBelow(prefix: string): [string, Value][] {
    return this.entriesFrom(prefix, (key) => key.startsWith(prefix))
  }
}

/** The place of the first key that is not before `from`. */
function firstFrom(sorted: readonly string[], from: string): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareUtf8(sorted[middle] as string, from) < 0) low = middle + 1
    else high = middle
  }
  return low
}
