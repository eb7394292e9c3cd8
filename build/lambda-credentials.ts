/** Stands in a bundle for the SDK's chain of ways to find credentials: on Lambda there is one. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'
