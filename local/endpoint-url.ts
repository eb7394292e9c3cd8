import { BadEnvironment, type Environment } from '../lib/deployment/environment.ts'

/**
 * What stands in for the embedded servers, as the AWS SDK's own variable has it. Throws
 * BadEnvironment where that is no URL.
 */
export function endpointUrl(environment: Environment): string | undefined {
  return urlIn(environment, 'AWS_ENDPOINT_URL')
}

/** Whether S3 is somebody else's, and so wants bucket names in the path. Throws BadEnvironment. */
export function hasOwnS3(environment: Environment): boolean {
  return (urlIn(environment, 'AWS_ENDPOINT_URL_S3') ?? endpointUrl(environment)) !== undefined
}

/** An empty variable is as good as none. */
function urlIn(environment: Environment, variable: string): string | undefined {
  const text = environment[variable]
  if (text === undefined || text === '') return undefined
  if (!URL.canParse(text)) throw new BadEnvironment(`${variable} is no URL: ${text}`)
  return text
}
