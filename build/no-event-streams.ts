/**
 * Stands in a bundle for the SDK's event streams, which only queries within an S3 object use, and
 * these functions make none. The names are those that the SDK imports.
 */
export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config

export function eventStreamSerdeProvider(): never {
  throw new Error('Event streams were left out of this bundle; see build/no-event-streams.ts')
}

export const EventStreamSerde = eventStreamSerdeProvider
