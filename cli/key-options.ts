import { type Command, Option } from 'commander'
import type { Aggregation, Definition } from '../lib/core/index.ts'
import { UsageError } from './failure.ts'

/** The values of a key that `--key` and the options named after its fields were given. */
export type KeyOptions = Readonly<Record<string, unknown>> & { readonly key?: readonly string[] }

/** `--key`, and for each key field of any aggregation an option of its own. */
export function addKeyOptions(command: Command, { event, aggregations }: Definition): Command {
  command.addOption(
    new Option('--key <values...>', "the values of the key's fields, in their order"),
  )
  const names = aggregations.flatMap(({ keyFields }) => keyFields.map(({ name }) => name))
  for (const name of new Set(names)) {
    command.addOption(new Option(`--key-${name} <value>`, `the key's ${name}`))
    if (event[name]?.optional) {
      command.addOption(new Option(`--no-key-${name}`, `the key of events that have no ${name}`))
    }
  }
  return command
}

/**
 * Named values go to their fields, the others to the fields that are left; undefined for a value that
 * is to be missing. Throws UsageError.
 */
export function keyFrom(aggregation: Aggregation, options: KeyOptions): (string | undefined)[] {
  const left = [...(options.key ?? [])]
  const missing: string[] = []
  const values = aggregation.keyFields.map(({ name }) => {
    const named = options[`key${name.charAt(0).toUpperCase()}${name.slice(1)}`]
    if (named === false) return undefined
    const value = typeof named === 'string' ? named : left.shift()
    if (value === undefined) missing.push(name)
    return value
  })
  if (missing.length > 0 || left.length > 0) {
    const fields = aggregation.keyFields.map(({ name }) => `<${name}>`).join(' ')
    const wrong =
      missing.length > 0
        ? `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`
        : `${left.map((value) => JSON.stringify(value)).join(' and ')} is too much`
    throw new UsageError(`a key of ${aggregation.name} has these values: --key ${fields}; ${wrong}`)
  }
  return values
}
