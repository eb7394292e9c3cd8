import { App, type AppProps, Validations } from 'aws-cdk-lib'
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AwsSolutionsChecks } from 'cdk-nag'
import definition from '../pipeline.config.ts'
import type { FunctionCode } from './function-code.ts'
import { readSettings } from './settings.ts'
import { TwofoldStack } from './twofold-stack.ts'

export interface AppOptions extends AppProps {
  readonly code: FunctionCode
}

/**
 * The app with its one stack. Every synth checks it against the AwsSolutions rules and the CDK's own
 * and fails where one is broken and not acknowledged. Throws BadSettings.
 */
export function createApp({ code, context, ...props }: AppOptions): App {
  // The library is pinned to a version, and so is what it recommends; the golden template in
  // test/infra shows what a newer version would change.
  const app = new App({ ...props, context: { ...recommendedFlags, ...context } })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const settings = readSettings(app.node.getAllContext(), definition.timeZone)
  new TwofoldStack(app, { settings, code })
  return app
}
