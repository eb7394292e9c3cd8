/** A class without a header, as AssemblyScript lays it out: each member at a multiple of its size. */
export interface UnmanagedClass {
  readonly bytes: number
  readonly members: ReadonlyMap<string, { readonly at: number; readonly type: string }>
}

const sizes: Readonly<Record<string, number>> = { u32: 4, usize: 4, u64: 8, i64: 8, f64: 8 }

/** The classes of a source in AssemblyScript that are `@unmanaged`, by their names. */
export function unmanagedClasses(source: string): ReadonlyMap<string, UnmanagedClass> {
  const found = source.matchAll(/@unmanaged\n(?:export )?class (\w+) \{\n(.*?)\n\}/gs)
  return new Map(Array.from(found, ([, name = '', body = '']) => [name, layOut(body)]))
}

function layOut(body: string): UnmanagedClass {
  const members = new Map<string, { at: number; type: string }>()
  let end = 0
  let widest = 1
  for (const [, name = '', type = ''] of body.matchAll(/^ {2}(\w+): (\w+)$/gm)) {
    const size = sizes[type]
    if (size === undefined)
      throw new RangeError(`${name} is of a type without a known size: ${type}`)
    const at = roundedUp(end, size)
    members.set(name, { at, type })
    end = at + size
    widest = Math.max(widest, size)
  }
  return { bytes: roundedUp(end, widest), members }
}

const roundedUp = (value: number, unit: number) => Math.ceil(value / unit) * unit

/** The numbers of an enum of a source, by the names of its members. */
export function enumNumbers(source: string, name: string): Readonly<Record<string, number>> {
  const [, body = ''] = new RegExp(`enum ${name} \\{\\n(.*?)\\n\\}`, 's').exec(source) ?? []
  const members = body.matchAll(/^ {2}(\w+) = (\d+),$/gm)
  return Object.fromEntries(Array.from(members, ([, key = '', number]) => [key, Number(number)]))
}
