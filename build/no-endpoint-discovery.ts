/**
 * Stands in a bundle for the SDK's discovery of endpoints, which its client of DynamoDB prepares, and
 * no operation asks for. The names are those that the SDK imports.
 */
export const resolveEndpointDiscoveryConfig = <Config>(config: Config): Config => config

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => undefined,
  configFileSelector: () => undefined,
  default: undefined,
}
