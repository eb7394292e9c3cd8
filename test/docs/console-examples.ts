export interface ConsoleExample {
  readonly command: string
  readonly output: string
}

/** The commands of a document's `console` blocks, each with the output shown below it. */
export function consoleExamples(markdown: string): ConsoleExample[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const end = example.indexOf('\n')
        return { command: example.slice(0, end), output: example.slice(end + 1) }
      }),
  )
}
