import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { createApp } from '../../infra/create-app.ts'
import type { FunctionCode } from '../../infra/function-code.ts'

export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}

/** A rule that is not kept, and why that is well. */
export interface Acknowledgement {
  readonly path: string
  readonly rule: string
  readonly reason: string
}

export interface Synthesized {
  readonly template: Template
  /** Resources by logical id. */
  readonly resources: Readonly<Record<string, Resource>>
  /** What was broken of the rules of AWS and the CDK, and not acknowledged. */
  readonly findings: readonly unknown[]
  readonly acknowledgements: readonly Acknowledgement[]
}

/**
 * Synthesizes the app as `cdk synth` does, with stand-ins for the functions' code, once `change` has
 * seen the stack. Leaves out the CDK's own checks of the template, which take long; the test of the
 * command has them.
 */
export function synthesize(
  context: Readonly<Record<string, unknown>> = {},
  change: (stack: Stack) => void = () => {},
): Synthesized {
  const folder = mkdtempSync(join(tmpdir(), 'twofold-synth-'))
  try {
    const app = createApp({
      code: standInCode(folder),
      // What the CDK's CLI does: it reads the report of the rules and fails by itself.
      context: { '@aws-cdk/core:failSynthOnValidationErrors': false, ...context },
      outdir: join(folder, 'out'),
      builtinCloudFormationValidation: false,
      analyticsReporting: false,
    })
    const stacks = app.node.children.filter((child) => child instanceof Stack)
    const [stack] = stacks
    if (stack === undefined || stacks.length > 1) throw new Error('The app is to have one stack')
    change(stack)
    const { template } = app.synth().getStackArtifact(stack.artifactId)
    const report = JSON.parse(readFileSync(join(folder, 'out/validation-report.json'), 'utf8'))
    return {
      template: Template.fromJSON(template),
      resources: template.Resources,
      findings: report.pluginReports,
      acknowledgements: acknowledgementsBelow(stack),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function acknowledgementsBelow(stack: Stack): Acknowledgement[] {
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([rule, reason]) => ({ path: node.path, rule, reason })),
  )
}

function standInCode(folder: string): FunctionCode {
  const bundle = (name: string) => {
    const path = join(folder, name)
    mkdirSync(path)
    writeFileSync(join(path, 'index.mjs'), `// ${name}\n`)
    return path
  }
  return { streamAggregate: bundle('stream-aggregate'), batchRollup: bundle('batch-rollup') }
}

/** The resources of one type, by logical id. */
export function resourcesOf({ resources }: Synthesized, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, resource]) => resource.Type === type)
}

/** The one resource of a type whose logical id begins so. */
export function resourceNamed(
  synthesized: Synthesized,
  type: string,
  prefix = '',
): Resource['Properties'] {
  const found = resourcesOf(synthesized, type).filter(([id]) => id.startsWith(prefix))
  const [first] = found
  if (first === undefined || found.length > 1) {
    throw new Error(`There are ${found.length} of ${type} ${prefix}`)
  }
  return first[1].Properties
}
