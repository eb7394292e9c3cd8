/** Paths of the project that stand in `code`, from its root; those with a gap in them are none. */
export function namedPaths(markdown: string, folders: readonly string[]): string[] {
  const codes = [...markdown.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)].map(([, code = '']) => code)
  return codes.filter((code) => {
    const [first = ''] = code.split('/')
    return folders.includes(first) && code.includes('/')
  })
}

export interface Link {
  /** Empty where the link is within its document. */
  readonly path: string
  /** Empty where it is to the whole. */
  readonly anchor: string
}

/** Links to files, and to places in them. */
export function linksOf(markdown: string): Link[] {
  return [...markdown.matchAll(/\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)/g)].map(
    ([, path = '', anchor = '']) => ({ path, anchor }),
  )
}

/** What links to a document's headings name them by, as GitHub makes it. */
export function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Mutants that are named as what breaks an invariant. */
export function namedMutants(markdown: string): string[] {
  const lists = [...markdown.matchAll(/\bmutants? ("[^"\n]+"(?:, "[^"\n]+")*)/g)]
  return lists.flatMap(([, list = '']) =>
    [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  )
}
