import { type ServerName, startServers } from './servers.ts'

export interface OpenEndpoints<Name extends ServerName> {
  readonly endpoints: { readonly [name in Name]: string }
  /** Never resolves. Rejects when an embedded server ends that was not told to. */
  readonly died: Promise<never>
  close(): Promise<void>
}

/**
 * The embedded servers on a data folder, or where `endpointUrl` is given (AWS_ENDPOINT_URL), what
 * answers there in place of all of them.
 */
export async function openEndpoints<Name extends ServerName>(
  folder: string,
  which: readonly Name[],
  endpointUrl: string | undefined,
): Promise<OpenEndpoints<Name>> {
  if (endpointUrl === undefined) return startServers({ folder, which })
  const endpoints = Object.fromEntries(which.map((name) => [name, endpointUrl]))
  return {
    endpoints: endpoints as { readonly [name in Name]: string },
    died: new Promise(() => undefined),
    close: async () => undefined,
  }
}
