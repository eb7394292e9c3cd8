/** How one setting is read from the text that it is given as. */
export interface Setting<Value> {
  /** What holds where nothing is given. */
  readonly otherwise: Value
  /** What is expected, to end the sentence "it must be …". */
  readonly expects: string
  /** The value; undefined where the text is none. */
  read(text: string): Value | undefined
}

export function wholeNumber<Otherwise extends number | undefined>(
  otherwise: Otherwise,
  min: number,
  max: number,
): Setting<number | Otherwise> {
  return {
    otherwise,
    expects: `a whole number from ${min} to ${max}`,
    read(text) {
      const value = Number(text)
      return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined
    },
  }
}

export function choice<const Choice extends string | number>(
  otherwise: NoInfer<Choice>,
  choices: readonly Choice[],
): Setting<Choice> {
  return {
    otherwise,
    expects: `one of ${choices.join(', ')}`,
    read: (text) => choices.find((one) => String(one) === text),
  }
}

export function matching<Otherwise extends string | undefined>(
  otherwise: Otherwise,
  pattern: RegExp,
  expects: string,
): Setting<string | Otherwise> {
  return { otherwise, expects, read: (text) => (pattern.test(text) ? text : undefined) }
}

/** A number of shards, or `on-demand` for a stream that grows and shrinks by itself. */
export function shardMode(otherwise: number, max: number): Setting<number | 'on-demand'> {
  const count = wholeNumber(otherwise, 1, max)
  return {
    otherwise,
    expects: `"on-demand" or ${count.expects}`,
    read: (text) => (text === 'on-demand' ? text : count.read(text)),
  }
}
