import type { Definition } from './definition.ts'

type Acceptance = Pick<Definition, 'event' | 'id' | 'time' | 'earliestMs'>

/**
 * Tells two definitions apart that take different events when they are read again: everything that
 * `decodeEvent` goes by but the clock. Readable text, the same for fields in another order.
 */
export function acceptanceOf(definition: Acceptance): string {
  const { event, id, time, earliestMs } = definition
  const fields = Object.entries(event).map(([name, field]) => {
    const { kind, optional, scale, minBytes, maxBytes, limits, parameters } = field
    const use = optional ? 'optional' : 'required'
    const bytes = `${minBytes} to ${maxBytes} bytes`
    // The scale is told by itself, as it was before there were others.
    const { scale: _, ...others } = parameters
    const more = Object.keys(others).length === 0 ? '' : `, ${JSON.stringify(others)}`
    return [name, `${use} ${kind} ${scale}, ${bytes}, ${limits}${more}`] as const
  })
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([id, time, new Date(earliestMs).toISOString(), ...fields])
}
